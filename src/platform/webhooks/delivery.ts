import { and, asc, desc, eq, sql } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import type { DeliveryPlace } from './delivery-place.ts'
import { addDeliveries } from './new-delivery.ts'
import { webhookAttempts, webhookDeliveries } from './tables.ts'
import { requireWebhook } from './webhook.ts'

export const DELIVERY_STATES = ['waiting', 'delivered', 'failed', 'dropped'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

type Row = typeof webhookDeliveries.$inferSelect
export type Attempt = typeof webhookAttempts.$inferSelect
export type Delivery = Row & Readonly<{ tries: readonly Attempt[] }>

export type DeliveryFilter = Readonly<{ state?: DeliveryState | undefined; eventType?: string | undefined }>

type DeliveryPage = DeliveryFilter & Readonly<{ limit: number; place?: DeliveryPlace | undefined }>

/**
 * The deliveries of a webhook with all their attempts, newest first, those after `place`. For `webhook.edit`. Error: `not_found`.
 */
export async function listDeliveries(
  ctx: Context,
  scope: Scope,
  webhookId: number,
  page: DeliveryPage,
): Promise<Delivery[]> {
  await requireWebhook(ctx.db, scope, webhookId)
  return await readDeliveries(ctx, scope, webhookId, page)
}

/** The same of a webhook that is known to be the org's. */
export async function readDeliveries(
  ctx: Context,
  scope: Scope,
  webhookId: number,
  page: DeliveryPage,
): Promise<Delivery[]> {
  const { createdAt, id, state, eventType, orgId } = webhookDeliveries
  const { place } = page
  const some = ctx.db
    .select()
    .from(webhookDeliveries)
    .where(
      and(
        eq(webhookDeliveries.webhookId, webhookId),
        eq(orgId, scope.orgId),
        page.state && eq(state, page.state),
        page.eventType === undefined ? undefined : eq(eventType, page.eventType),
        place && sql`(${createdAt}, ${id}) < (${sql.param(place.at, createdAt)}, ${place.id})`,
      ),
    )
    .orderBy(desc(createdAt), desc(id))
    .limit(page.limit)
    .as('some')
  // In one statement, so that a delivery is never seen between an attempt and what came of it.
  const rows = await ctx.db
    .select()
    .from(some)
    .leftJoin(webhookAttempts, eq(webhookAttempts.deliveryId, some.id))
    .orderBy(desc(some.createdAt), desc(some.id), asc(webhookAttempts.number))
  return [...Map.groupBy(rows, (row) => row.some.id).values()].flatMap(withTries)
}

/**
 * Sends the event of a delivery again, as a delivery of its own. For `webhook.edit`. Errors: `not_found`, `event_gone` (gone)
 * when the event is no longer kept, `webhook_inactive` (conflict).
 */
export async function redeliver(ctx: Context, scope: Scope, id: string): Promise<Delivery> {
  return await ctx.db.transaction(async (tx) => {
    const [row] = await tx
      .select({ delivery: webhookDeliveries, kept: auditLog.id })
      .from(webhookDeliveries)
      .leftJoin(auditLog, eq(auditLog.eventId, webhookDeliveries.eventId))
      .where(and(eq(webhookDeliveries.id, id), eq(webhookDeliveries.orgId, scope.orgId)))
    if (!row) throw new AppError('not_found', 'not_found', 'There is no such delivery.')
    const { webhookId, eventId, eventType, orgId } = row.delivery
    if (row.kept === null) throw new AppError('gone', 'event_gone', 'This event is no longer kept.')
    const webhook = await requireWebhook(tx, scope, webhookId)
    if (!webhook.isActive) throw new AppError('conflict', 'webhook_inactive', 'Enable the webhook first.')
    const origin = `redelivery:${ctx.random.uuid()}`
    const [made] = await addDeliveries(ctx, tx, [{ orgId, webhookId, eventId, eventType, origin }])
    if (!made) throw new Error('a delivery was not made')
    const detail = { webhook_id: webhookId, url: webhook.url, event_id: eventId, event_type: eventType }
    await record(ctx, tx, scope, 'webhook.redelivered', detail)
    return { ...made, tries: [] }
  })
}

function withTries(rows: readonly Readonly<{ some: Row; webhook_attempts: Attempt | null }>[]): Delivery[] {
  const [first] = rows
  return first ? [{ ...first.some, tries: rows.flatMap(({ webhook_attempts: one }) => one ?? []) }] : []
}
