import { sql } from 'drizzle-orm'
import type { Tx } from '#db/database.ts'
import type { Clock } from '#lib/clock.ts'
import { dayOf } from '#lib/day.ts'
import { usageDays, usageEvents } from './tables.ts'

export type UsageEvent =
  | Readonly<{ kind: 'llm.call'; source: string; outcome: 'ok' | 'failed' }>
  | Readonly<{ kind: 'dbt.run'; outcome: 'ok' | 'failed' }>

/** What pages show as it is written here. */
const SOURCE = /^[a-z][a-z0-9_-]{0,31}$/

/**
 * Writes down that an org used something, and adds it to the counts of its day and its month, in the transaction of the use; for the verbs of
 * rooms, at the end of theirs: until the commit other uses of its kind wait. `source` is a word such as `chat`; any other text
 * is the caller's mistake and throws.
 */
export async function recordUsage(
  ctx: Readonly<{ clock: Clock }>,
  tx: Tx,
  { orgId }: Readonly<{ orgId: number }>,
  event: UsageEvent,
): Promise<void> {
  const { kind, outcome } = event
  const source = event.kind === 'llm.call' ? event.source : ''
  if (kind === 'llm.call' && !SOURCE.test(source)) throw new Error('the source of a usage event is a short word')
  const at = ctx.clock.now()
  await tx.insert(usageEvents).values({ orgId, kind, source, outcome, at })
  const day = dayOf(at)
  await tx
    .insert(usageDays)
    .values([day, monthName(day)].map((each) => ({ orgId, day: each, kind, source, outcome, events: 1 })))
    .onConflictDoUpdate({
      target: [usageDays.orgId, usageDays.day, usageDays.kind, usageDays.source, usageDays.outcome],
      set: { events: sql`${usageDays.events} + 1` },
    })
}

/** The name that a day's month bears among the days of `usage_days`. */
export function monthName(day: string): string {
  return `month ${day.slice(0, 7)}`
}
