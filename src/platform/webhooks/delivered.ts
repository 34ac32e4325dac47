import { inArray } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import type { Tx } from '#db/database.ts'
import { groupCommit } from '#jobs/group-commit.ts'
import { webhookAttempts, webhookDeliveries } from './tables.ts'

type AttemptRow = typeof webhookAttempts.$inferInsert

/**
 * For the queue: an attempt that a receiver took, the end of its delivery and that of its job, in one transaction with those
 * of the same few milliseconds. It touches no row that another attempt might want.
 */
export const writeDelivered = groupCommit<Context, AttemptRow>(writeAll)

async function writeAll(ctx: Context, tx: Tx, attempts: readonly AttemptRow[]): Promise<void> {
  const alike = Map.groupBy(attempts, ({ number, statusCode }) => `${number} ${statusCode}`)
  await Promise.all([
    tx.insert(webhookAttempts).values([...attempts]),
    ...[...alike.values()].map((some) => endDeliveries(ctx, tx, some)),
  ])
}

/** Of attempts with the same number and the same answer. */
async function endDeliveries(ctx: Context, tx: Tx, attempts: readonly AttemptRow[]): Promise<void> {
  const [first] = attempts
  if (!first) return
  const { number, statusCode } = first
  const ids = attempts.map(({ deliveryId }) => deliveryId)
  await tx
    .update(webhookDeliveries)
    .set({ state: 'delivered', attempts: number, statusCode, nextRetryAt: null, finishedAt: ctx.clock.now() })
    .where(inArray(webhookDeliveries.id, ids))
}
