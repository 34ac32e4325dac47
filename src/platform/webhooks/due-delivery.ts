import { eq, sql } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { prepared } from '#db/database.ts'
import { webhookDeliveries } from './tables.ts'

export type DueDelivery = NonNullable<Awaited<ReturnType<typeof findDelivery>>>

/** A delivery with its webhook and its event, whose members are null once it is no longer kept; undefined when there is none. */
export async function findDelivery({ db }: Pick<Context, 'db'>, id: string) {
  const query = prepared(db, 'webhook_delivery_due', (orm) =>
    orm
      .select({
        id: webhookDeliveries.id,
        orgId: webhookDeliveries.orgId,
        state: webhookDeliveries.state,
        attempts: webhookDeliveries.attempts,
        webhook: webhooks,
        event: { eventId: auditLog.eventId, action: auditLog.action, detail: auditLog.detail, at: auditLog.at },
      })
      .from(webhookDeliveries)
      .innerJoin(webhooks, eq(webhooks.id, webhookDeliveries.webhookId))
      .leftJoin(auditLog, eq(auditLog.eventId, webhookDeliveries.eventId))
      .where(eq(webhookDeliveries.id, sql.placeholder('id'))),
  )
  const [row] = await query.execute({ id })
  return row
}
