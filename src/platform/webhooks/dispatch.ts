import { and, eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import type { Tx } from '#db/database.ts'
import { addDeliveries } from './new-delivery.ts'
import { isSubscribed } from './subscription.ts'

/** The origin of a delivery that the event itself asked for. */
export const EVENT_ORIGIN = 'event'

/** Makes a delivery of an event for each of the org's active webhooks that subscribe to it; for the queue. A second run adds nothing. */
export async function dispatchEvent(
  ctx: Context,
  tx: Tx,
  { orgId, eventId }: Readonly<{ orgId: number; eventId: string }>,
): Promise<void> {
  const listeners = await tx
    .select({ id: webhooks.id, events: webhooks.events, eventType: auditLog.action })
    .from(auditLog)
    .innerJoin(webhooks, and(eq(webhooks.orgId, auditLog.orgId), eq(webhooks.isActive, true)))
    .where(and(eq(auditLog.eventId, eventId), eq(auditLog.orgId, orgId)))
  const wanted = listeners.filter(({ events, eventType }) => isSubscribed(events, eventType))
  const made = { orgId, eventId, origin: EVENT_ORIGIN }
  await addDeliveries(
    ctx,
    tx,
    wanted.map(({ id, eventType }) => ({ ...made, webhookId: id, eventType })),
  )
}
