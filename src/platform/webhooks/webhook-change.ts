import { and, eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { lockRow } from '#db/database.ts'
import { requireEvents } from './subscription.ts'
import { requireWebhook, type Schedule, type Webhook } from './webhook.ts'
import { requireWebhookUrl } from './webhook-url.ts'

export type WebhookChange = Readonly<{
  url?: string | undefined
  events?: readonly string[] | undefined
  schedule?: Schedule | undefined
  /** Switched on or off, or at another address, it begins anew: why it was off, and since when it failed, is forgotten. */
  isActive?: boolean | undefined
}>

/**
 * Changes what is given. What waits is sent to the new address; what waits for a webhook that is off is dropped when its time
 * comes. For `webhook.edit`. Errors: `not_found`, and those of `createWebhook` for the same members.
 */
export async function updateWebhook(ctx: Context, scope: Scope, id: number, change: WebhookChange): Promise<Webhook> {
  await requireWebhook(ctx.db, scope, id)
  const wanted = {
    ...(change.url !== undefined && { url: await requireWebhookUrl(ctx, change.url) }),
    ...(change.events !== undefined && { events: requireEvents(change.events) }),
    ...(change.schedule !== undefined && { schedule: change.schedule }),
    ...(change.isActive !== undefined && { isActive: change.isActive }),
  }
  return await ctx.db.transaction(async (tx) => {
    // Of the same change sent twice the second finds nothing to do.
    await lockRow(tx, webhooks, id)
    const before = await requireWebhook(tx, scope, id)
    const fields = changedFields(before, wanted)
    if (fields.length === 0) return before
    const fresh = { disabledReason: null, failingSince: null }
    const isFresh = fields.includes('is_active') || fields.includes('url')
    const [row] = await tx
      .update(webhooks)
      .set({ ...wanted, ...(isFresh && fresh), updatedAt: ctx.clock.now() })
      .where(and(eq(webhooks.id, id), eq(webhooks.orgId, scope.orgId)))
      .returning()
    if (!row) throw new Error('a locked webhook is gone')
    await record(ctx, tx, scope, 'webhook.updated', { webhook_id: id, url: row.url, fields })
    return row
  })
}

function changedFields(before: Webhook, wanted: Partial<Webhook>): string[] {
  return [
    ...(wanted.url !== undefined && wanted.url !== before.url ? ['url'] : []),
    ...(wanted.events !== undefined && wanted.events.join() !== before.events.join() ? ['events'] : []),
    ...(wanted.schedule !== undefined && wanted.schedule !== before.schedule ? ['schedule'] : []),
    ...(wanted.isActive !== undefined && wanted.isActive !== before.isActive ? ['is_active'] : []),
  ]
}
