import { and, eq, gte, lte } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { usageDays } from '#core/usage/tables.ts'
import { monthName } from '#core/usage/usage.ts'
import { type Span, stretchesOf } from './period.ts'

/** Before the name of every month. */
const MONTHS = monthName('')

/** A figure over a period: what it comes to, what it came to in the period before, and its course. */
export type Figure = Readonly<{
  total: number
  /** Null where there is nothing to compare with. */
  previous: number | null
  series: readonly Readonly<{ from: string; value: number | null }>[]
}>

export type CountRow = Readonly<{
  /** The first day of the stretch that was counted together. */
  from: string
  kind: 'llm.call' | 'dbt.run'
  source: string
  outcome: 'ok' | 'failed'
  events: number
}>

/** What the days of a span hold of an org, or all its months. Its cost follows their number, and not that of the events. */
export async function listCounts(ctx: Context, scope: Scope, { readFrom, today }: Span): Promise<CountRow[]> {
  const { orgId, day, kind, source, outcome, events } = usageDays
  const [first, last] = readFrom === undefined ? [MONTHS, monthName(today)] : [readFrom, today]
  const rows = await ctx.db
    .select({ day, kind, source, outcome, events })
    .from(usageDays)
    .where(and(eq(orgId, scope.orgId), gte(day, first), lte(day, last)))
  return rows.map(({ day: stretch, ...row }) => ({
    ...row,
    from: readFrom === undefined ? firstDayOf(stretch) : stretch,
  }))
}

function firstDayOf(month: string): string {
  return `${month.slice(MONTHS.length)}-01`
}

/** Some rows as one figure. */
export function figureOf(rows: readonly CountRow[], span: Span): Figure {
  const { from, previousFrom } = span
  const firstKnown = rows.map((row) => row.from).toSorted()[0]
  return {
    total: eventsOf(rows.filter((row) => from === undefined || row.from >= from)),
    previous:
      from === undefined || previousFrom === undefined
        ? null
        : eventsOf(rows.filter((row) => row.from >= previousFrom && row.from < from)),
    series: stretchesOf(span, firstKnown).map((stretch) => ({
      from: stretch,
      value: eventsOf(rows.filter((row) => row.from === stretch)),
    })),
  }
}

export function eventsOf(rows: readonly CountRow[]): number {
  return rows.reduce((total, { events }) => total + events, 0)
}

/** Events of the period alone, by source: the most first. */
export function bySource(
  rows: readonly CountRow[],
  { from }: Span,
): readonly Readonly<{ source: string; calls: number }>[] {
  const calls = new Map<string, number>()
  for (const row of rows) {
    if (from === undefined || row.from >= from) calls.set(row.source, (calls.get(row.source) ?? 0) + row.events)
  }
  return [...calls].map(([source, count]) => ({ source, calls: count })).sort((a, b) => b.calls - a.calls)
}
