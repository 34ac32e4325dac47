import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { requireOpenHost } from '#core/open-host.ts'

const URL_CHARS_MAX = 2_000

/**
 * The address as it will be called. Errors: `invalid_url` (invalid), and `egress_refused` (invalid) when its host is closed
 * to outgoing calls. A host that cannot be looked up now is let through: it may not stand yet.
 */
export async function requireWebhookUrl(ctx: Pick<Context, 'egress'>, text: string): Promise<string> {
  const typed = text.trim()
  const url = URL.parse(typed)
  if (!url || !/^https?:$/.test(url.protocol) || typed.length > URL_CHARS_MAX) {
    throw invalidUrl('An address begins with https:// or http:// and has at most 2,000 characters.')
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidUrl('An address holds no user name and no password: deliveries are signed instead.')
  }
  if (url.hash !== '' || url.port === '0') throw invalidUrl('An address has no part after #, and a port other than 0.')
  await requireOpenHost(ctx, url.hostname, 'url')
  return url.href
}

function invalidUrl(message: string): AppError {
  return new AppError('invalid', 'invalid_url', message, { field: 'url' })
}
