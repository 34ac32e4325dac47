import { eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { lockRow } from '#db/database.ts'
import { findPresent, formerSecretEnd, newSecret, sealSecret, tailOf } from './secret.ts'
import { requireWebhook, type Webhook } from './webhook.ts'

/**
 * Replaces the secret. The one before signs, too, for 24 h, unless it ends now; one that was still held from an earlier rotation
 * ends, and so does one that cannot be read any more. `secret` is returned here once and never again. For `webhook.edit`. Error:
 * `not_found`.
 */
export async function rotateSecret(
  ctx: Context,
  scope: Scope,
  id: number,
  { endsNow }: Readonly<{ endsNow: boolean }>,
): Promise<Webhook & Readonly<{ secret: string }>> {
  const secret = newSecret(ctx)
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, webhooks, id)
    const webhook = await requireWebhook(tx, scope, id)
    const former = endsNow ? undefined : findPresent(ctx, webhook)
    const endsAt = former === undefined ? null : formerSecretEnd(ctx)
    const [row] = await tx
      .update(webhooks)
      .set({
        secretSealed: sealSecret(ctx, secret, webhook).present,
        secretTail: tailOf(secret),
        previousSecretSealed: former === undefined ? null : sealSecret(ctx, former, webhook).former,
        previousSecretEndsAt: endsAt,
        updatedAt: ctx.clock.now(),
      })
      .where(eq(webhooks.id, id))
      .returning()
    const detail = { webhook_id: id, url: webhook.url, old_secret_ends_at: endsAt?.toISOString() ?? null }
    await record(ctx, tx, scope, 'webhook.secret_rotated', detail)
    return { ...(row ?? webhook), secret }
  })
}

/** Ends the secret before the present one now; without one nothing changes. For `webhook.edit`. Error: `not_found`. */
export async function endFormerSecret(ctx: Context, scope: Scope, id: number): Promise<Webhook> {
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, webhooks, id)
    const webhook = await requireWebhook(tx, scope, id)
    if (webhook.previousSecretSealed === null) return webhook
    const [row] = await tx
      .update(webhooks)
      .set({ previousSecretSealed: null, previousSecretEndsAt: null, updatedAt: ctx.clock.now() })
      .where(eq(webhooks.id, id))
      .returning()
    const detail = { webhook_id: id, url: webhook.url, fields: ['old_secret'] }
    await record(ctx, tx, scope, 'webhook.updated', detail)
    return row ?? webhook
  })
}
