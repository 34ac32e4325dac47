import type { Clock } from '#lib/clock.ts'

/** How often a row tells how far its work is. */
export const PROGRESS_MS = 500

export type Progress = Readonly<{ rowsDone: number; rows: number }>

/**
 * Writes how far some work is, at most every half second and only when it went on, until disposed. `tell` only notes it: the work
 * may be in the middle of a transaction, where nothing else may be written.
 */
export function keepProgress<P>(clock: Clock, write: (progress: P) => Promise<unknown>) {
  const ended = new AbortController()
  let told: P | undefined
  const loop = keep()

  async function keep() {
    while (!ended.signal.aborted) {
      await clock.sleep(PROGRESS_MS, ended.signal)
      const progress = told
      told = undefined
      if (progress !== undefined && !ended.signal.aborted) await write(progress)
    }
  }

  return {
    tell: (progress: P) => {
      told = progress
    },
    async [Symbol.asyncDispose]() {
      ended.abort()
      await loop
    },
  }
}
