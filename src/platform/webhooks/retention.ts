import { inArray, lt } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { addMs, DAY_MS } from '#lib/clock.ts'
import { endOfTurn } from '#lib/turn.ts'
import { webhookDeliveries } from './tables.ts'

/** How long events can be read and replayed, and deliveries looked at. */
export const EVENTS_KEPT_DAYS = 30
const TRIMMED_AT_ONCE_MAX = 500

export function keptSince({ clock }: Pick<Context, 'clock'>): Date {
  return addMs(clock.now(), -EVENTS_KEPT_DAYS * DAY_MS)
}

/** Deletes deliveries older than `EVENTS_KEPT_DAYS`, with their attempts, some at a time so that nobody waits long; for the clock. */
export async function trimDeliveries(ctx: Context, signal: AbortSignal): Promise<void> {
  const cutoff = keptSince(ctx)
  for (;;) {
    signal.throwIfAborted()
    const { id, createdAt } = webhookDeliveries
    const some = ctx.db.select({ id }).from(webhookDeliveries).where(lt(createdAt, cutoff)).limit(TRIMMED_AT_ONCE_MAX)
    const gone = await ctx.db.delete(webhookDeliveries).where(inArray(id, some)).returning({ id })
    if (gone.length < TRIMMED_AT_ONCE_MAX) return
    await endOfTurn()
  }
}
