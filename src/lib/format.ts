import { DAY_MS, HOUR_MS, MINUTE_MS } from './clock.ts'

const WORDS = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const STEPS = [
  { unit: 'year', ms: 365 * DAY_MS },
  { unit: 'month', ms: 30 * DAY_MS },
  { unit: 'day', ms: DAY_MS },
  { unit: 'hour', ms: HOUR_MS },
  { unit: 'minute', ms: MINUTE_MS },
] as const

/** How far `date` lies from `now` in words: `just now`, `5 minutes ago`, `in 7 days`, `yesterday`. */
export function relativeTime(date: Date, now: Date): string {
  const distanceMs = date.getTime() - now.getTime()
  const step = STEPS.find(({ ms }) => Math.abs(distanceMs) >= ms)
  return step ? WORDS.format(Math.round(distanceMs / step.ms), step.unit) : 'just now'
}

/** An instant for people who compare: `2026-03-01 09:30 UTC`. */
export function exactTime(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** A count with its noun: `1 member`, `3 members`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
