import { addMs, DAY_MS, dateOfMs } from './clock.ts'

/** The day of an instant, by UTC: `2026-03-01`. Days order as their texts do. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10)
}

/** The day so many days after another, or before it when `days` is negative. */
export function addDays(day: string, days: number): string {
  return dayOf(addMs(dateOfMs(Date.parse(`${day}T00:00:00Z`)), days * DAY_MS))
}
