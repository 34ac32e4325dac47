import { and, desc, eq, lt } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { type Database, lockRow, type Tx } from '#db/database.ts'
import { newSecret, sealSecret, tailOf } from './secret.ts'
import { requireEvents } from './subscription.ts'
import { requireWebhookUrl } from './webhook-url.ts'

export const WEBHOOKS_MAX = 20

export type Webhook = typeof webhooks.$inferSelect
export type Schedule = Webhook['schedule']

/** The org's webhooks, newest first: at most `limit`, with ids below `before`. For `webhook.edit`. */
export async function listWebhooks(
  ctx: Context,
  scope: Scope,
  page: Readonly<{ limit: number; before?: number | undefined }>,
): Promise<Webhook[]> {
  const isLater = page.before === undefined ? undefined : lt(webhooks.id, page.before)
  return await ctx.db
    .select()
    .from(webhooks)
    .where(and(eq(webhooks.orgId, scope.orgId), isLater))
    .orderBy(desc(webhooks.id))
    .limit(page.limit)
}

/** One webhook of the org; `not_found` for any other id. */
export async function requireWebhook(db: Database | Tx, scope: Scope, id: number): Promise<Webhook> {
  const [row] = await db
    .select()
    .from(webhooks)
    .where(and(eq(webhooks.id, id), eq(webhooks.orgId, scope.orgId)))
  if (!row) throw new AppError('not_found', 'not_found', 'There is no such webhook.')
  return row
}

/**
 * Makes a webhook that is active from the next event on. `secret` is returned here once and never again. For `webhook.edit`.
 * Errors: `invalid_url`, `egress_refused`, `unknown_event`, `too_many_events` (invalid), `too_many_webhooks` (conflict; an org
 * has at most 20).
 */
export async function createWebhook(
  ctx: Context,
  scope: Scope,
  input: Readonly<{ url: string; events: readonly string[]; schedule?: Schedule | undefined }>,
): Promise<Webhook & Readonly<{ secret: string }>> {
  const { orgId, actor } = scope
  const events = requireEvents(input.events)
  const url = await requireWebhookUrl(ctx, input.url)
  const secret = newSecret(ctx)
  const now = ctx.clock.now()
  const values = {
    ...{ orgId, url, events, schedule: input.schedule ?? 'default', secretSealed: '', secretTail: tailOf(secret) },
    ...{ createdBy: actor.kind === 'person' ? actor.userId : null, createdAt: now, updatedAt: now },
  }
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, orgId)
    if ((await tx.$count(webhooks, eq(webhooks.orgId, orgId))) >= WEBHOOKS_MAX) {
      throw new AppError('conflict', 'too_many_webhooks', `An organization has at most ${WEBHOOKS_MAX} webhooks.`)
    }
    const [made] = await tx.insert(webhooks).values(values).returning({ id: webhooks.id })
    if (!made) throw new Error('a webhook was not created')
    // The envelope is bound to the row, whose id is known only now.
    const { present } = sealSecret(ctx, secret, { orgId, id: made.id })
    const [row] = await tx.update(webhooks).set({ secretSealed: present }).where(eq(webhooks.id, made.id)).returning()
    if (!row) throw new Error('a webhook was not created')
    await record(ctx, tx, scope, 'webhook.created', { webhook_id: row.id, url, events })
    return { ...row, secret }
  })
}
