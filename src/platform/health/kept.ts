import { type Clock, SECOND_MS } from '#lib/clock.ts'

/** Who asks for an answer afresh gets one this old at most, so that nobody makes a node work by asking again and again. */
export const FORCED_FRESH_MS = 2 * SECOND_MS

/** An answer that does for all who ask while it is fresh. Whoever asks while one is under way waits for that one. */
export function kept<T>(clock: Clock, freshMs: number, look: () => Promise<T>): (isForced?: boolean) => Promise<T> {
  let last: { at: number; answer: Promise<T> } | undefined
  return (isForced = false) => {
    const now = clock.now().getTime()
    const oldestMs = isForced ? Math.min(FORCED_FRESH_MS, freshMs) : freshMs
    // A clock that was set back makes nothing fresh.
    if (!last || now - last.at >= oldestMs || now < last.at) {
      const begun = { at: now, answer: look() }
      last = begun
      // A failure is nobody's answer but of those who waited for it.
      begun.answer.catch(() => {
        if (last === begun) last = undefined
      })
    }
    return last.answer
  }
}
