import { and, eq, isNull } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { enqueueAdminMail } from '#core/mail/admins.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import type { Tx } from '#db/database.ts'
import { addMs, DAY_MS } from '#lib/clock.ts'
import type { Answer } from './request.ts'
import { GONE, verdictOf } from './retry.ts'
import type { Webhook } from './webhook.ts'

/** How long a webhook may do nothing but fail. */
export const FAILING_DAYS_MAX = 5

export const GONE_REASON = 'The receiver answered 410 Gone.'
export const FAILING_REASON = `Every delivery failed for ${FAILING_DAYS_MAX} days.`

/**
 * Keeps in mind since when a webhook fails; one that is gone, or has failed for `FAILING_DAYS_MAX`, is disabled, recorded, and
 * its admins are told by mail.
 */
export async function noteOutcome(ctx: Context, tx: Tx, webhook: Webhook, { statusCode }: Answer): Promise<void> {
  const { id, failingSince } = webhook
  if (verdictOf(statusCode) === 'delivered') {
    if (failingSince) await tx.update(webhooks).set({ failingSince: null }).where(eq(webhooks.id, id))
    return
  }
  const now = ctx.clock.now()
  if (!failingSince) {
    await tx
      .update(webhooks)
      .set({ failingSince: now })
      .where(and(eq(webhooks.id, id), isNull(webhooks.failingSince)))
  }
  const isOverdue = failingSince !== null && failingSince <= addMs(now, -FAILING_DAYS_MAX * DAY_MS)
  if (statusCode === GONE) await disable(ctx, tx, webhook, GONE_REASON)
  else if (isOverdue) await disable(ctx, tx, webhook, FAILING_REASON)
}

/** Of attempts that end together one disables it. */
async function disable(ctx: Context, tx: Tx, { id, orgId, url }: Webhook, reason: string): Promise<void> {
  const [off] = await tx
    .update(webhooks)
    .set({ isActive: false, disabledReason: reason, updatedAt: ctx.clock.now() })
    .where(and(eq(webhooks.id, id), eq(webhooks.isActive, true)))
    .returning({ id: webhooks.id })
  if (!off) return
  await record(ctx, tx, { orgId, actor: { kind: 'nobody' } }, 'webhook.disabled', { webhook_id: id, url, reason })
  await enqueueAdminMail(ctx, tx, orgId, {
    subject: 'A webhook is disabled',
    lines: [
      `Honeyframe no longer sends events to ${url}. ${reason}`,
      'Mend the receiver, enable the webhook, and replay what it missed: events are kept for 30 days.',
    ],
    linkPath: `/webhooks/${id}`,
  })
}
