import { and, asc, eq, gte, lt, sql } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { oldestWriteMs } from '#db/condition.ts'
import { addMs, dateOfMs, SECOND_MS } from '#lib/clock.ts'
import { EVENT_COLUMNS, type Event, eventOf } from './event.ts'
import { keptSince } from './retention.ts'

/** How far the clocks of several nodes may be apart. */
const CLOCKS_APART_MS = SECOND_MS

/**
 * What happened in the org since 30 days, oldest first: at most `limit` events, those after the event with the id `after`. On
 * PostgreSQL the newest ones are held back until nothing older can be committed any more, so whoever goes on from the last
 * event he saw misses none. For `webhook.edit`. Error: `invalid_query` (invalid) for an `after` that is none of the org's.
 */
export async function listEvents(
  ctx: Context,
  scope: Scope,
  page: Readonly<{ after?: string | undefined; limit: number }>,
): Promise<Event[]> {
  const settled = await settledBefore(ctx)
  const place = page.after === undefined ? undefined : await placeOf(ctx, scope, page.after)
  const { at, id } = auditLog
  const rows = await ctx.db
    .select(EVENT_COLUMNS)
    .from(auditLog)
    .where(
      and(
        eq(auditLog.orgId, scope.orgId),
        gte(at, keptSince(ctx)),
        settled && lt(at, settled),
        place && sql`(${at}, ${id}) > (${sql.param(place.at, at)}, ${place.id})`,
      ),
    )
    .orderBy(asc(at), asc(id))
    .limit(page.limit)
  return rows.map((row) => eventOf(scope.orgId, row))
}

/** An event is told its time inside its transaction, so none older than the oldest open one is still to come. */
async function settledBefore({ db, clock }: Context): Promise<Date | undefined> {
  if (db.engine === 'sqlite') return undefined
  const oldest = await oldestWriteMs(db)
  return addMs(dateOfMs(Math.min(oldest ?? Number.POSITIVE_INFINITY, clock.now().getTime())), -CLOCKS_APART_MS)
}

async function placeOf({ db }: Context, scope: Scope, eventId: string) {
  const [row] = await db
    .select({ at: auditLog.at, id: auditLog.id })
    .from(auditLog)
    .where(and(eq(auditLog.eventId, eventId), eq(auditLog.orgId, scope.orgId)))
  if (row) return row
  throw new AppError('invalid', 'invalid_query', 'after is the id of an event that is still kept.', { field: 'after' })
}
