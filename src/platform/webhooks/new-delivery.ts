import type { Context } from '#core/context.ts'
import type { Tx } from '#db/database.ts'
import { webhookDeliveries } from './tables.ts'

export const WEBHOOK_DELIVER_KIND = 'webhook.deliver'

/** The attempt that a job is for: one that is not next any more is left alone. */
export type DeliverPayload = Readonly<{ deliveryId: string; number: number }>

type NewDelivery = Readonly<{
  orgId: number
  webhookId: number
  eventId: string
  eventType: string
  /** What asked for it: of one event, webhook and origin there is one delivery, however often its maker runs. */
  origin: string
}>

/** Adds deliveries and the jobs that send them, in one transaction; those that are there already are left out. */
export async function addDeliveries(
  ctx: Pick<Context, 'clock' | 'random' | 'jobs'>,
  tx: Tx,
  wanted: readonly NewDelivery[],
): Promise<(typeof webhookDeliveries.$inferSelect)[]> {
  if (wanted.length === 0) return []
  const createdAt = ctx.clock.now()
  const rows = wanted.map((one) => ({ ...one, id: ctx.random.uuid(), state: 'waiting' as const, createdAt }))
  const added = await tx.insert(webhookDeliveries).values(rows).onConflictDoNothing().returning()
  for (const { id, orgId } of added) await enqueueAttempt(ctx, tx, { orgId, deliveryId: id, number: 1 })
  return added
}

/** The job of one attempt, not before `runAt`. */
export async function enqueueAttempt(
  ctx: Pick<Context, 'jobs'>,
  tx: Tx,
  { orgId, runAt, ...payload }: DeliverPayload & Readonly<{ orgId: number; runAt?: Date }>,
): Promise<void> {
  await ctx.jobs.enqueue(tx, { kind: WEBHOOK_DELIVER_KIND, orgId, payload, ...(runAt && { runAt }) })
}
