export type FairLock = Readonly<{ hold<T>(work: () => T | Promise<T>): Promise<T> }>

/** One holder at a time, first come first served: no writer starves behind a busy one. */
export function createFairLock(): FairLock {
  const waiting: (() => void)[] = []
  let isHeld = false

  async function hold<T>(work: () => T | Promise<T>): Promise<T> {
    if (isHeld) await new Promise<void>((admit) => waiting.push(admit))
    isHeld = true
    try {
      return await work()
    } finally {
      // The lock is handed over, never let go in between, so a newcomer cannot slip past the queue.
      const next = waiting.shift()
      if (next) next()
      else isHeld = false
    }
  }

  return { hold }
}
