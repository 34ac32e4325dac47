import { and, asc, count, eq, gt, gte, lte, max, type SQL } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import type { Tx } from '#db/database.ts'
import { dateOfMs, parseDate } from '#lib/clock.ts'
import { addDeliveries } from './new-delivery.ts'
import { keptSince } from './retention.ts'
import { subscribedCondition } from './subscription.ts'
import { requireWebhook } from './webhook.ts'

export const REPLAY_KIND = 'webhook.replay'
const REPLAYED_AT_ONCE_MAX = 200

export type Replay = Readonly<{
  orgId: number
  webhookId: number
  replayId: string
  since: string
  after: number
  until: number
}>

/**
 * Sends a webhook every event it subscribes to since a time, again and in their order; those of 30 days are kept. The deliveries
 * are made by the queue. Answers how many there are. For `webhook.edit`. Errors: `not_found`, `invalid_time` (invalid),
 * `webhook_inactive` (conflict).
 */
export async function replaySince(
  ctx: Context,
  scope: Scope,
  id: number,
  input: Readonly<{ since: string }>,
): Promise<Readonly<{ since: Date; events: number }>> {
  const since = requireSince(ctx, input.since)
  return await ctx.db.transaction(async (tx) => {
    const webhook = await requireWebhook(tx, scope, id)
    if (!webhook.isActive) throw new AppError('conflict', 'webhook_inactive', 'Enable the webhook before you replay.')
    const [found] = await tx
      .select({ events: count(), until: max(auditLog.id) })
      .from(auditLog)
      .where(wantedBy(webhook, since))
    const events = found?.events ?? 0
    if (!found?.until || events === 0) return { since, events: 0 }
    const payload = {
      ...{ webhookId: id, replayId: ctx.random.uuid(), since: since.toISOString() },
      ...{ after: 0, until: found.until },
    }
    await ctx.jobs.enqueue(tx, { kind: REPLAY_KIND, orgId: scope.orgId, payload })
    const detail = { webhook_id: id, url: webhook.url, since: since.toISOString(), events }
    await record(ctx, tx, scope, 'webhook.replayed', detail)
    return { since, events }
  })
}

/** Makes the next deliveries of a replay, and the job that goes on; for the queue. A second run adds nothing. */
export async function replaySome(ctx: Context, tx: Tx, replay: Replay): Promise<void> {
  const { orgId, webhookId, replayId, after, until } = replay
  const since = parseDate(replay.since)
  const [webhook] = await tx
    .select()
    .from(webhooks)
    .where(and(eq(webhooks.id, webhookId), eq(webhooks.orgId, orgId), eq(webhooks.isActive, true)))
  if (!webhook || !since) return
  const rows = await tx
    .select({ id: auditLog.id, eventId: auditLog.eventId, eventType: auditLog.action })
    .from(auditLog)
    .where(and(wantedBy(webhook, since), gt(auditLog.id, after), lte(auditLog.id, until)))
    .orderBy(asc(auditLog.id))
    .limit(REPLAYED_AT_ONCE_MAX)
  const made = { orgId, webhookId, origin: `replay:${replayId}` }
  await addDeliveries(
    ctx,
    tx,
    rows.map(({ eventId, eventType }) => ({ ...made, eventId, eventType })),
  )
  const last = rows.at(-1)
  if (!last || rows.length < REPLAYED_AT_ONCE_MAX) return
  const payload = { webhookId, replayId, since: replay.since, until, after: last.id }
  await ctx.jobs.enqueue(tx, { kind: REPLAY_KIND, orgId, payload })
}

function wantedBy(
  { orgId, events }: Readonly<{ orgId: number; events: readonly string[] }>,
  since: Date,
): SQL | undefined {
  return and(eq(auditLog.orgId, orgId), gte(auditLog.at, since), subscribedCondition(events))
}

function requireSince(ctx: Context, text: string): Date {
  const time = /^\d{4}-\d\d-\d\dT/.test(text) ? parseDate(text) : undefined
  if (!time || time > ctx.clock.now()) {
    throw new AppError('invalid', 'invalid_time', 'since is a time in the past such as 2026-01-31T09:00:00Z.', {
      field: 'since',
    })
  }
  return dateOfMs(Math.max(time.getTime(), keptSince(ctx).getTime()))
}
