/** Where the program's time comes from. Tests put a clock of their own in its place. */
export type Clock = Readonly<{
  now(): Date
  /** Resolves after `ms`, or at once when `signal` aborts; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}>

export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

export const systemClock: Clock = { now: () => new Date(), sleep }

/** The instant `ms` after `date`, or before it when `ms` is negative. */
export function addMs(date: Date, ms: number): Date {
  return new Date(date.getTime() + ms)
}

/** The instant `ms` after the Unix epoch. */
export function dateOfMs(ms: number): Date {
  return new Date(ms)
}

/** The instant a RFC 3339 text names; undefined when it names none. */
export function parseDate(text: string): Date | undefined {
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? undefined : date
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end, { once: true })

    function end() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
  })
}
