import { eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { lockRow } from '#db/database.ts'
import { DELETED_AT_ONCE_MAX, deleteDeliveries } from './delivery-deletion.ts'
import { webhookDeliveries } from './tables.ts'
import { requireWebhook } from './webhook.ts'
import { updateWebhook } from './webhook-change.ts'

/**
 * Deletes a webhook with its deliveries; what waits is not sent any more. One with many is switched off first, and goes once
 * they are gone: should that be cut short, it is off, and can be deleted again. For `webhook.edit`. Error: `not_found`.
 */
export async function deleteWebhook(ctx: Context, scope: Scope, id: number): Promise<void> {
  await requireWebhook(ctx.db, scope, id)
  if (await hasMany(ctx, id)) {
    // Off, it gets no new ones meanwhile.
    await updateWebhook(ctx, scope, id, { isActive: false })
    await deleteDeliveries(ctx, eq(webhookDeliveries.webhookId, id))
  }
  await ctx.db.transaction(async (tx) => {
    await lockRow(tx, webhooks, id)
    const { url } = await requireWebhook(tx, scope, id)
    // Before the row goes, so that the webhook that is deleted is told by no event of its own.
    await tx.delete(webhooks).where(eq(webhooks.id, id))
    await record(ctx, tx, scope, 'webhook.deleted', { webhook_id: id, url })
  })
}

/** More than go at once with the row itself. */
async function hasMany({ db }: Context, webhookId: number): Promise<boolean> {
  const rows = await db
    .select({ id: webhookDeliveries.id })
    .from(webhookDeliveries)
    .where(eq(webhookDeliveries.webhookId, webhookId))
    .offset(DELETED_AT_ONCE_MAX)
    .limit(1)
  return rows.length > 0
}
