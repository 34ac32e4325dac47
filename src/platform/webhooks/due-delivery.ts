import { eq, inArray } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { gathering } from '#lib/gathering.ts'
import { webhookDeliveries } from './tables.ts'

export type DueDelivery = Awaited<ReturnType<typeof readDeliveries>>[number]

/**
 * A delivery with its webhook and its event, whose members are null once it is no longer kept; undefined when there is none.
 * Those that a worker took in one claim are read by one statement.
 */
export const findDelivery = gathering(0, (ctx: Context, ids: readonly string[]) => {
  const found = readDeliveries(ctx, ids).then((rows) => new Map(rows.map((row) => [row.id, row])))
  return async (id: string): Promise<DueDelivery | undefined> => (await found).get(id)
})

async function readDeliveries({ db }: Context, ids: readonly string[]) {
  return await db
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
    .where(inArray(webhookDeliveries.id, [...ids]))
}
