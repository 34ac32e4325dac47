import { verify } from '@octokit/webhooks-methods'
import { Webhook } from 'standardwebhooks'
import type { Heard } from '#test/support/listener.ts'

export function header({ headers }: Heard, name: string): string {
  return String(headers[name] ?? '')
}

/** As GitHub's own library checks it. */
export function isGithubSigned(heard: Heard, secret: string, name = 'x-honeyframe-signature'): Promise<boolean> {
  return verify(secret, heard.body.toString('utf8'), header(heard, name))
}

/** As the library of the Standard Webhooks checks it, which looks at the time, too. */
export function isStandardSigned(heard: Heard, secret: string): boolean {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
  const headers = Object.fromEntries(names.map((name) => [name, header(heard, name)]))
  try {
    new Webhook(secret).verify(heard.body.toString('utf8'), headers)
    return true
  } catch {
    return false
  }
}
