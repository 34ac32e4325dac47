import type { Clock } from '#lib/clock.ts'

/** Wakes one sleeper. A ring while nobody sleeps is kept, so the next sleep ends at once. */
export type Bell = Readonly<{
  ring: () => void
  /** Resolves at the next ring, or after `ms`. */
  wait: (ms: number) => Promise<void>
}>

export function createBell(clock: Clock): Bell {
  let hasRung = false
  let sleeper: AbortController | undefined

  function ring() {
    hasRung = true
    sleeper?.abort()
  }

  async function wait(ms: number) {
    if (!hasRung) {
      sleeper = new AbortController()
      await clock.sleep(ms, sleeper.signal)
      sleeper = undefined
    }
    hasRung = false
  }

  return { ring, wait }
}
