import { DAY_MS, dateOfMs } from '#lib/clock.ts'

/** How far a clock may go back without being suspected: daylight saving done wrong, a battery, a corrected drift. */
const SETBACK_MS_MAX = DAY_MS

export type TrustedTime = Readonly<{ now: Date; isClockSuspect: boolean }>

/** The time that licences go by. A clock more than a day behind the largest time known to have been counts as that time. */
export function trustTime(now: Date, ...known: readonly (Date | undefined)[]): TrustedTime {
  const largestMs = Math.max(...known.map((time) => time?.getTime() ?? Number.NEGATIVE_INFINITY))
  const isClockSuspect = largestMs - now.getTime() > SETBACK_MS_MAX
  return { now: isClockSuspect ? dateOfMs(largestMs) : now, isClockSuspect }
}
