import { AppError } from '#core/errors.ts'
import { addDays, dayOf } from '#lib/day.ts'

export const PERIODS = ['today', '7d', '30d', 'all'] as const
export type Period = (typeof PERIODS)[number]

/** Months of a chart of all. */
const MONTHS_MAX = 36
const DAYS = { today: 1, '7d': 7, '30d': 30 } as const
const CHART_DAYS = { today: 7, '7d': 7, '30d': 30 } as const

/** Days (`YYYY-MM-DD`, UTC) that a period is about. */
export type Span = Readonly<{
  period: Period
  today: string
  /** Its first day; undefined for all of them. */
  from: string | undefined
  /** The first day of the period before, which ends where this one begins. */
  previousFrom: string | undefined
  /** The first day that anything is read of. */
  readFrom: string | undefined
}>

/** A period by its name, `7d` without one; `invalid_query` (invalid) for any other text. */
export function requirePeriod(text: string | undefined): Period {
  if (!text) return '7d'
  const period = PERIODS.find((each) => each === text)
  if (period) return period
  throw new AppError('invalid', 'invalid_query', `The period is one of ${PERIODS.join(', ')}.`, { field: 'period' })
}

export function spanOf(period: Period, now: Date): Span {
  const today = dayOf(now)
  if (period === 'all') return { period, today, from: undefined, previousFrom: undefined, readFrom: undefined }
  const from = addDays(today, 1 - DAYS[period])
  const previousFrom = addDays(from, -DAYS[period])
  const chartFrom = addDays(today, 1 - CHART_DAYS[period])
  const [readFrom] = [previousFrom, chartFrom].toSorted()
  return { period, today, from, previousFrom, readFrom }
}

/** The first days of the stretches a chart is drawn of, oldest first: days, and months for all, from the first that is known. */
export function stretchesOf({ period, today }: Span, firstKnown: string | undefined): string[] {
  if (period !== 'all') {
    const days = CHART_DAYS[period]
    return Array.from({ length: days }, (_, place) => addDays(today, place + 1 - days))
  }
  const months = [monthOf(today)]
  const first = monthOf(firstKnown ?? today)
  while (months.length < MONTHS_MAX && (months[0] ?? '') > first)
    months.unshift(monthOf(addDays(months[0] ?? today, -1)))
  return months
}

/** The first day of a day's month. */
export function monthOf(day: string): string {
  return `${day.slice(0, 7)}-01`
}
