import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Event } from './event.ts'
import { signatureHeaders } from './signature.ts'

export const EXCERPT_CHARS_MAX = 512
const ERROR_CHARS_MAX = 300

/** What came back of one request. Without an answer `statusCode` is undefined and `error` says why. */
export type Answer = Readonly<{
  statusCode: number | undefined
  excerpt: string
  error: string | undefined
  retryAfter: string | undefined
  durationMs: number
  /** What was thrown, when no answer came. */
  failure?: AppError
}>

type Sending = Readonly<{ url: string; event: Event; secrets: readonly string[]; signal?: AbortSignal }>

/**
 * Signs an event and sends it once. The transport's failures are an answer, too; what else is thrown is `transport_failed` of
 * a signal that aborted.
 */
export async function sendEvent(ctx: Pick<Context, 'egress' | 'clock'>, sending: Sending): Promise<Answer> {
  const { url, event, secrets, signal } = sending
  const body = JSON.stringify(event)
  const startedAt = ctx.clock.now().getTime()
  const timestamp = Math.floor(startedAt / 1000)
  const headers = {
    'content-type': 'application/json',
    'x-honeyframe-event': event.type,
    ...signatureHeaders({ id: event.id, timestamp, body, secrets }),
  }
  const begun = performance.now()
  const took = () => Math.round(performance.now() - begun)
  try {
    const answer = await ctx.egress.fetch(url, { method: 'POST', headers, body, ...(signal && { signal }) })
    const excerpt = excerptOf(answer.text)
    const retryAfter = answer.headers['retry-after']
    return { statusCode: answer.status, excerpt, error: undefined, retryAfter, durationMs: took() }
  } catch (error) {
    if (signal?.aborted || !(error instanceof AppError)) throw error
    return { ...noAnswer(wordsOf(error), took()), failure: error }
  }
}

/** An attempt that sent nothing, or to which nothing came back. */
export function noAnswer(error: string, durationMs = 0): Answer {
  return { statusCode: undefined, excerpt: '', error, retryAfter: undefined, durationMs }
}

/** The beginning of a text, in whole characters; NUL, which PostgreSQL does not store, is shown as what it is not. */
function excerptOf(text: string): string {
  return [...text.slice(0, EXCERPT_CHARS_MAX)]
    .join('')
    .replaceAll('\0', '\uFFFD')
    .replace(/[\uD800-\uDBFF]$/, '')
}

function wordsOf({ message, facts }: AppError): string {
  return (typeof facts.detail === 'string' ? facts.detail : message).slice(0, ERROR_CHARS_MAX)
}
