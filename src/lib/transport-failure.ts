import { AppError } from '#core/errors.ts'

const DETAIL_CHARS_MAX = 300
const SENTENCES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The name of the host was not found.',
  EAI_AGAIN: 'The name of the host could not be looked up for the moment.',
  ECONNREFUSED: 'The host refused the connection.',
  ECONNRESET: 'The host closed the connection before it answered.',
  EPIPE: 'The host closed the connection before it answered.',
  ETIMEDOUT: 'The host did not answer in time.',
  EHOSTUNREACH: 'There is no way to the host.',
  ENETUNREACH: 'There is no way to the network of the host.',
}
/** What a resolver says when a name leads nowhere, in the words of several. */
const NOT_FOUND = new Set(['ENODATA', 'EAI_NONAME', 'EAI_NODATA', 'DNS_ENOTFOUND', 'DNS_ENODATA', 'EBADNAME'])
const IP_WITH_PORT = /\[?(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]*:[\da-f:.]*:[\da-f.]*)\]?(?::\d+)?/gi

/** `upstream transport_failed`: no answer came. `detail` is the transport's own words, without a resolved address. */
export function transportFailure(error: unknown, host: string): AppError {
  if (error instanceof AppError) return error
  const code = codeOf(error)
  const said = error instanceof Error ? error.message.replace(IP_WITH_PORT, host) : ''
  const known = SENTENCES[NOT_FOUND.has(code) ? 'ENOTFOUND' : code]
  const words = (known ?? said ?? '').replace(/\p{Cc}+/gu, ' ').trim() || 'The connection failed.'
  return failedTransport(words.slice(0, DETAIL_CHARS_MAX), code)
}

/** `upstream transport_failed` with these words. */
export function failedTransport(words: string, code = ''): AppError {
  return new AppError('upstream', 'transport_failed', words, { detail: code ? `${words} (${code})` : words })
}

function codeOf(error: unknown): string {
  const isCoded = typeof error === 'object' && error !== null && 'code' in error
  return isCoded ? String(error.code) : ''
}
