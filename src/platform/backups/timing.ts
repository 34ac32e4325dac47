import { AppError } from '#core/errors.ts'
import type { Timing } from './schedule.ts'

export const FREQUENCIES = ['off', 'daily', 'weekly'] as const

/** A schedule as it may be kept: hour 0 to 23 (UTC), weekday 0 (Sunday) to 6. Error: `invalid_schedule` (invalid). */
export function requireTiming({ frequency, hour, weekday }: Timing): Timing {
  if (!isWithin(hour, 23)) throw refusal('hour', 'The hour is a whole number from 0 to 23.')
  if (!isWithin(weekday, 6)) throw refusal('weekday', 'The weekday is a whole number from 0, for Sunday, to 6.')
  return { frequency, hour, weekday }
}

/** A frequency by its name. Error: `invalid_schedule` (invalid). */
export function requireFrequency(text: string): Timing['frequency'] {
  const found = FREQUENCIES.find((frequency) => frequency === text)
  if (found) return found
  throw refusal('frequency', 'Backups are made daily, weekly or not at all.')
}

function isWithin(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most
}

function refusal(field: string, words: string): AppError {
  return new AppError('invalid', 'invalid_schedule', words, { field })
}
