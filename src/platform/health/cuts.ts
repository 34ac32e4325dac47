import { DAY_MS, HOUR_MS } from '#lib/clock.ts'

/**
 * Rows that a component may have at most: samples for a day, of which one comes each minute at most, hours for a month, days for a
 * year, and what the round times of their ends add to that.
 */
export const ROWS_MAX = 2_600

/** Before `hourMs` samples become hours, before `dayMs` hours become days, and before `yearMs` days are deleted. */
export type Cuts = Readonly<{ hourMs: number; dayMs: number; yearMs: number }>

/** Whole hours and whole days only are rolled up. */
export function cutsAt(now: Date): Cuts {
  const ms = now.getTime()
  return {
    hourMs: floorTo(ms - DAY_MS, HOUR_MS),
    dayMs: floorTo(ms - 30 * DAY_MS, DAY_MS),
    yearMs: ms - 365 * DAY_MS,
  }
}

export function floorTo(ms: number, unitMs: number): number {
  return Math.floor(ms / unitMs) * unitMs
}
