import { addMs, DAY_MS, HOUR_MS, MINUTE_MS, parseDate, SECOND_MS } from '#lib/clock.ts'

/** The pauses before the second attempt and those after it. */
export const RETRY_SCHEDULES = {
  default: [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS],
  long: [5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 10 * HOUR_MS],
} as const

/** So that deliveries that failed together do not come back together; never earlier than the schedule says. */
const JITTER_SHARE = 0.1
const RETRY_AFTER_MS_MAX = DAY_MS
/** Answers that say "not now" among those that say no: too slow, too early, too often. */
const PASSING = new Set([408, 425, 429])
export const GONE = 410

/** What one attempt means for its delivery. Without an answer (`undefined`) it is tried again. */
export type Verdict = 'delivered' | 'retry' | 'failed'

export function verdictOf(statusCode: number | undefined): Verdict {
  if (statusCode === undefined || statusCode >= 500 || PASSING.has(statusCode)) return 'retry'
  return statusCode >= 200 && statusCode < 300 ? 'delivered' : 'failed'
}

/**
 * When attempt `number` (1 for the first) is followed by another; undefined after the last. What the receiver asks for in
 * `Retry-After` (RFC 9110 §10.2.3) goes before the schedule, up to a day. `chance` is from 0 up to 1.
 */
export function nextAttemptAt(
  now: Date,
  after: Readonly<{
    schedule: keyof typeof RETRY_SCHEDULES
    number: number
    retryAfter: string | undefined
    chance: number
  }>,
): Date | undefined {
  const pauseMs = RETRY_SCHEDULES[after.schedule][after.number - 1]
  if (pauseMs === undefined) return undefined
  const askedMs = retryAfterMs(after.retryAfter, now)
  if (askedMs !== undefined) return addMs(now, Math.min(Math.max(askedMs, SECOND_MS), RETRY_AFTER_MS_MAX))
  return addMs(now, Math.round(pauseMs * (1 + JITTER_SHARE * after.chance)))
}

/** The milliseconds of a `Retry-After`, in seconds or as an HTTP date; undefined when it is neither. */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d{1,10}$/.test(text)) return Number(text) * SECOND_MS
  const date = /^[A-Za-z]{3,9},? /.test(text) ? parseDate(text) : undefined
  return date && Math.max(0, date.getTime() - now.getTime())
}
