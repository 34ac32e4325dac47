import { SMTP_TLS_MODES } from '#config/config.ts'
import { AppError } from '#core/errors.ts'
import { canonicalSender } from '#core/mail/sender.ts'
import { normalizeHost } from '#lib/host-name.ts'

export type SmtpTls = (typeof SMTP_TLS_MODES)[number]

/** As it is kept. */
export type SmtpFields = Readonly<{ host: string; port: number; tls: SmtpTls; username: string; from: string }>

export const PORT_MAX = 65_535
export const USERNAME_CHARS_MAX = 320
export const FROM_CHARS_MAX = 400

/**
 * The settings in the form they are kept in. Errors (invalid, with their `field`): `invalid_host`, `invalid_port`, `invalid_tls`,
 * `invalid_username`, `invalid_sender`.
 */
export function readSmtpFields(given: Readonly<Record<keyof SmtpFields, string | number>>): SmtpFields {
  const host = normalizeHost(String(given.host))
  if (host === undefined) throw refusal('host', 'invalid_host', 'This is no name of a host, such as smtp.example.com.')
  const port = Number(given.port)
  if (!Number.isInteger(port) || port < 1 || port > PORT_MAX) {
    throw refusal('port', 'invalid_port', `A port is a number from 1 to ${PORT_MAX}.`)
  }
  const tls = SMTP_TLS_MODES.find((mode) => mode === given.tls)
  if (tls === undefined) throw refusal('tls', 'invalid_tls', 'Choose STARTTLS, TLS or none.')
  const username = String(given.username).trim()
  if (username === '' || username.length > USERNAME_CHARS_MAX || /\p{Cc}/u.test(username)) {
    throw refusal('username', 'invalid_username', `A user name has 1 to ${USERNAME_CHARS_MAX} characters.`)
  }
  const from = canonicalSender(String(given.from))
  if (from === undefined) {
    throw refusal('from', 'invalid_sender', 'A sender is an address, or a name and <an address>.')
  }
  return { host, port, tls, username, from }
}

function refusal(field: string, code: string, words: string): AppError {
  return new AppError('invalid', code, words, { field })
}
