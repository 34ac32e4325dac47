import { and, asc, eq, inArray, lt } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { usageEvents } from '#core/usage/tables.ts'
import { addMs, DAY_MS } from '#lib/clock.ts'
import { endOfTurn } from '#lib/turn.ts'

/** A month can be held against the same one of the year before. */
export const EVENT_DAYS_MAX = 400
/** Few enough that whoever writes meanwhile waits for a moment only. */
export const TRIMMED_AT_ONCE_MAX = 500

/**
 * Deletes usage events older than `EVENT_DAYS_MAX`, of every org; for the clock. The counts of their days stay, and with them
 * every figure of the page. Stopped in the middle, the next run goes on. Answers how many went.
 */
export async function trimUsageEvents(ctx: Context, signal: AbortSignal): Promise<number> {
  const cutoff = addMs(ctx.clock.now(), -EVENT_DAYS_MAX * DAY_MS)
  let deleted = 0
  for (const { id } of await ctx.db.select({ id: orgs.id }).from(orgs)) {
    for (let gone = TRIMMED_AT_ONCE_MAX; gone === TRIMMED_AT_ONCE_MAX; deleted += gone) {
      signal.throwIfAborted()
      gone = await trimSome(ctx, id, cutoff)
      // SQLite answers within the turn: without a pause nobody else would get one before the end.
      await endOfTurn()
    }
  }
  return deleted
}

async function trimSome({ db }: Context, orgId: number, cutoff: Date): Promise<number> {
  const old = await db
    .select({ id: usageEvents.id })
    .from(usageEvents)
    .where(and(eq(usageEvents.orgId, orgId), lt(usageEvents.at, cutoff)))
    .orderBy(asc(usageEvents.at), asc(usageEvents.id))
    .limit(TRIMMED_AT_ONCE_MAX)
  if (old.length === 0) return 0
  const ids = old.map(({ id }) => id)
  await db.delete(usageEvents).where(inArray(usageEvents.id, ids)).returning({ id: usageEvents.id })
  return ids.length
}
