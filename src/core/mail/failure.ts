import { AppError } from '#core/errors.ts'

const WORDS_CHARS_MAX = 300
// C0 and C1 controls, line separators and direction overrides: nothing a server says may steer a terminal or a page.
const CONTROLS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu

/**
 * `upstream mail_failed` with the server's own words. `permanent` when trying again cannot help: a 5yz reply
 * (RFC 5321 §4.2.1), but not 4yz, a lost connection, a time-out or a certificate we do not trust.
 */
export function mailFailure(error: unknown, password: string | undefined): AppError {
  const words = wordsOf(error, password)
  return new AppError('upstream', 'mail_failed', words, { detail: words, permanent: isPermanentReply(error) })
}

/** One line without control characters. */
export function oneLine(text: string): string {
  return text.replace(CONTROLS, ' ').replace(/ {2,}/g, ' ').trim()
}

function wordsOf(error: unknown, password: string | undefined): string {
  if (!(error instanceof Error)) return 'The mail server did not take the message.'
  const code = codeOf(error)
  if (code === 'EABORT') return 'The mail server took too long.'
  const said = 'response' in error && typeof error.response === 'string' ? error.response : error.message
  const words = oneLine(code === 'ETLS' ? `No encrypted connection: ${said}` : said).slice(0, WORDS_CHARS_MAX)
  return password ? words.replaceAll(password, '…') : words
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
