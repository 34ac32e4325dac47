import { inArray, type SQL } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { endOfTurn } from '#lib/turn.ts'
import { webhookDeliveries } from './tables.ts'

export const DELETED_AT_ONCE_MAX = 500

/** Deletes these deliveries with their attempts, some at a time so that nobody who writes waits long. */
export async function deleteDeliveries(ctx: Context, which: SQL, signal?: AbortSignal): Promise<void> {
  const { id } = webhookDeliveries
  for (;;) {
    signal?.throwIfAborted()
    const gone = await ctx.db.transaction(async (tx) => {
      const some = tx.select({ id }).from(webhookDeliveries).where(which).limit(DELETED_AT_ONCE_MAX)
      return await tx.delete(webhookDeliveries).where(inArray(id, some)).returning({ id })
    })
    if (gone.length < DELETED_AT_ONCE_MAX) return
    await endOfTurn()
  }
}
