import { AppError } from '#core/errors.ts'

const WORDS_CHARS_MAX = 300
// C0 and C1 controls, line separators and direction overrides: nothing a server says may steer a terminal or a page.
const CONTROLS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu
const HIDDEN = '…'

type SignIn = Readonly<{ username?: string | undefined; password?: string | undefined }>

/**
 * `upstream mail_failed` with the server's own words. `permanent` when trying again cannot help: a 5yz reply
 * (RFC 5321 §4.2.1), but not 4yz, a lost connection, a time-out or a certificate we do not trust. A server that repeats what
 * we signed in with is heard without it.
 */
export function mailFailure(error: unknown, signIn: SignIn): AppError {
  const words = [...concealed(wordsOf(error), signIn)].slice(0, WORDS_CHARS_MAX).join('')
  return new AppError('upstream', 'mail_failed', words, { detail: words, permanent: isPermanentReply(error) })
}

/** One line without control characters. */
export function oneLine(text: string): string {
  return text.replace(CONTROLS, ' ').replace(/ {2,}/g, ' ').trim()
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'The mail server did not take the message.'
  const code = codeOf(error)
  // Ours and the driver's: a greeting that never came, or silence in the middle.
  if (code === 'EABORT' || code === 'ETIMEDOUT') return 'The mail server took too long.'
  const said = oneLine('response' in error && typeof error.response === 'string' ? error.response : error.message)
  if (code === 'ETLS') return `No encrypted connection: ${said}`
  return isDistrust(error) ? `The certificate of the mail server is not trusted: ${said}` : said
}

/** Also in the two forms in which it went over the wire: AUTH LOGIN and AUTH PLAIN (RFC 4616). */
function concealed(words: string, { username = '', password }: SignIn): string {
  if (!password) return words
  const forms = [password, oneLine(password), `\0${username}\0${password}`].flatMap((form) => [
    form,
    Buffer.from(form).toString('base64').replace(/=+$/, ''),
  ])
  return forms.filter((form) => form !== '').reduce((text, form) => text.replaceAll(form, HIDDEN), words)
}

/** What OpenSSL and Node call a certificate that was looked at and refused. */
function isDistrust(error: Error): boolean {
  const cause = error.cause instanceof Error ? error.cause : error
  const code = String(codeOf(cause))
  return /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code) || /certificate|altnames/i.test(error.message)
}

// Not permanent: 503, which says that commands came in the wrong order, and a reply to STARTTLS. Both are about the
// session and not about the message.
function isPermanentReply(error: unknown): boolean {
  if (!(error instanceof Error) || !('responseCode' in error) || codeOf(error) === 'ETLS') return false
  const { responseCode } = error
  return typeof responseCode === 'number' && responseCode >= 500 && responseCode < 600 && responseCode !== 503
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined
}
