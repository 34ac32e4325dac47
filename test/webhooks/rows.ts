import { webhooks } from '#core/webhooks/tables.ts'
import { webhookAttempts, webhookDeliveries } from '#platform/webhooks/tables.ts'
import { createWebhook } from '#platform/webhooks/webhook.ts'
import type { TestApp } from '#test/support/app.ts'

type Owner = Readonly<{ orgId: number; userId: number }>
type Made = Readonly<{ orgId: number; webhookId: number; eventId: string }>

/** A webhook whose receiver's name leads nowhere; its id. */
export async function makeWebhookOf(
  { ctx }: Pick<TestApp, 'ctx'>,
  { orgId, userId }: Owner,
  url = 'https://hooks.example.test/x',
): Promise<number> {
  const actor = { kind: 'person', userId, email: 'ada@example.test', name: 'Ada' } as const
  const scope = { orgId, actor, permissions: new Set(['webhook.edit'] as const) }
  return (await createWebhook(ctx, scope, { url, events: [] })).id
}

/** One delivery with one attempt, as a worker leaves it; its id. */
export async function makeDelivery(
  { ctx }: Pick<TestApp, 'ctx'>,
  { orgId, webhookId, eventId }: Made,
  excerpt = 'ok',
): Promise<string> {
  const id = ctx.random.uuid()
  const at = ctx.clock.now()
  const ended = { state: 'delivered', attempts: 1, statusCode: 200, createdAt: at, finishedAt: at } as const
  await ctx.db
    .insert(webhookDeliveries)
    .values({ id, orgId, webhookId, eventId, eventType: 'group.created', origin: `redelivery:${id}`, ...ended })
  const attempt = { orgId, deliveryId: id, number: 1, statusCode: 200, excerpt, durationMs: 5, at }
  await ctx.db.insert(webhookAttempts).values(attempt)
  return id
}

/** So many webhooks more, up to what an org may have, and so many deliveries of the one whose id is the answer. */
export async function fillWebhooks(app: TestApp, owner: Owner, rows: number): Promise<number> {
  const webhookId = await makeWebhookOf(app, owner)
  const { orgId } = owner
  const createdAt = app.ctx.clock.now()
  for (let row = 0; row < Math.min(rows, 19); row++) {
    const sealed = { secretSealed: 'x', secretTail: 'tail', createdAt, updatedAt: createdAt }
    await app.ctx.db.insert(webhooks).values({ orgId, url: 'https://hooks.example.test/y', events: [], ...sealed })
  }
  for (let row = 0; row < rows; row++) await makeDelivery(app, { orgId, webhookId, eventId: app.ctx.random.uuid() })
  return webhookId
}

const ROWS_AT_ONCE = 400

/** So many delivered deliveries of one webhook, each with its attempt. */
export async function fillDeliveries({ ctx }: Pick<TestApp, 'ctx'>, made: Made, rows: number): Promise<void> {
  const at = ctx.clock.now()
  const ended = { state: 'delivered', attempts: 1, statusCode: 200, createdAt: at, finishedAt: at } as const
  for (let left = rows; left > 0; left -= ROWS_AT_ONCE) {
    const ids = Array.from({ length: Math.min(left, ROWS_AT_ONCE) }, () => ctx.random.uuid())
    const delivery = { ...made, eventType: 'group.created', ...ended }
    await ctx.db.insert(webhookDeliveries).values(ids.map((id) => ({ ...delivery, id, origin: `redelivery:${id}` })))
    const attempt = { orgId: made.orgId, number: 1, statusCode: 200, durationMs: 5, at }
    await ctx.db.insert(webhookAttempts).values(ids.map((id) => ({ ...attempt, deliveryId: id })))
  }
}
