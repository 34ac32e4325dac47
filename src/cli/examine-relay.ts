import { type Finding, finder } from '#cli/finding.ts'
import type { Config } from '#config/config.ts'
import type { Environment } from '#config/environment.ts'
import { AppError } from '#core/errors.ts'
import { verifyRelay } from '#core/mail/mail.ts'

/** The mail server: connection, greeting, encryption and sign-in, without a mail. */
export async function examineRelay({ smtp, publicUrl }: Config, environment: Environment): Promise<Finding> {
  const { ok, warn, fail } = finder('relay')
  if (!smtp) {
    return warn(
      'No mail server is set: invitations work by links that are passed on, and forgotten passwords by the operator.',
      'Set SMTP_HOST and what goes with it.',
    )
  }
  const { host, port, tls, username } = smtp
  try {
    await verifyRelay({ ...smtp, password: environment.SMTP_PASSWORD }, publicUrl)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'mail_sender_invalid') return fail(error.message, 'Correct SMTP_FROM.')
    const fix = 'Compare SMTP_HOST, SMTP_PORT, SMTP_TLS, SMTP_USERNAME and SMTP_PASSWORD with what that server expects.'
    return fail(`${host}:${port} does not take mail from us: ${sentence(error.message)}`, fix)
  }
  const how = { starttls: 'after STARTTLS', tls: 'over TLS', none: 'without encryption' }[tls]
  return ok(`${host}:${port} answers ${how}${username ? ` and lets ${username} in` : ''}; no mail was sent.`)
}

function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`
}
