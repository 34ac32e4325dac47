import { and, eq, gte, lt, sql } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { usageLevels } from '#core/usage/tables.ts'
import type { Figure } from './counts.ts'
import { type Span, stretchesOf } from './period.ts'

export type LevelKind = typeof usageLevels.$inferSelect.kind
export type LevelRow = Readonly<{ kind: LevelKind; day: string; value: number }>

/** The levels that were written down on the days of a span; of all days those of the first of each month. */
export async function listLevels(ctx: Context, scope: Scope, { readFrom, today }: Span): Promise<LevelRow[]> {
  const { orgId, kind, day, value } = usageLevels
  const when = readFrom === undefined ? sql`substr(${day}, 9, 2) = '01'` : gte(day, readFrom)
  return await ctx.db
    .select({ kind, day, value })
    .from(usageLevels)
    .where(and(eq(orgId, scope.orgId), lt(day, today), when))
}

/** What there is now, with its course: today's own level is the one of now. Days that nobody wrote down are unknown. */
export function levelOf(kind: LevelKind, now: number, rows: readonly LevelRow[], span: Span): Figure {
  const { from, previousFrom, today } = span
  const known = rows.filter((row) => row.kind === kind).toSorted((a, b) => (a.day < b.day ? -1 : 1))
  const values = new Map(known.map(({ day, value }) => [day, value]))
  const before = known.filter(({ day }) => from !== undefined && day < from && day >= (previousFrom ?? from))
  const stretches = stretchesOf(span, known[0]?.day)
  const isNow = (stretch: string) => (span.period === 'all' ? stretch === stretches.at(-1) : stretch === today)
  return {
    total: now,
    previous: before.at(-1)?.value ?? null,
    series: stretches.map((stretch) => ({
      from: stretch,
      value: isNow(stretch) ? now : (values.get(stretch) ?? null),
    })),
  }
}
