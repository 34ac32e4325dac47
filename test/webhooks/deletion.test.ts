import { expect, test } from 'bun:test'
import { asc, eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { DELETED_AT_ONCE_MAX, deleteDeliveries } from '#platform/webhooks/delivery-deletion.ts'
import { webhookAttempts, webhookDeliveries } from '#platform/webhooks/tables.ts'
import { deleteWebhook } from '#platform/webhooks/webhook-deletion.ts'
import { call, makeWebhook, type Stage, startStage } from './arrange.ts'
import { fillDeliveries } from './rows.ts'

/** Two webhooks of an org: one with so many deliveries, and one with a single one. */
async function startFull(deliveries: number) {
  const stage = await startStage({ worker: false })
  const { orgId, ctx } = stage
  const [full, other] = [await makeWebhook(stage), await makeWebhook(stage)]
  await fillDeliveries(stage, { orgId, webhookId: full.id, eventId: ctx.random.uuid() }, deliveries)
  await fillDeliveries(stage, { orgId, webhookId: other.id, eventId: ctx.random.uuid() }, 1)
  stage.app.statements.length = 0
  return { stage, full, other }
}

async function eventsOf({ ctx, orgId }: Stage): Promise<string[]> {
  const rows = await ctx.db.select().from(auditLog).where(eq(auditLog.orgId, orgId)).orderBy(asc(auditLog.id))
  return rows.map(({ action }) => action).filter((action) => action !== 'webhook.created')
}

/** The statements that delete deliveries, or the webhook; the latter takes what is left with it. */
function deletionsOf({ app }: Stage): string[] {
  return app.statements.flatMap((text) => /^\s*delete from (?:"\w+"\.)?"(webhook\w*)"/i.exec(text)?.[1] ?? [])
}

test('a webhook with few deliveries goes with them by one statement and one event', async () => {
  const { stage, full, other } = await startFull(3)
  await using _ = stage
  expect((await call(stage, 'DELETE', `/api/webhooks/${full.id}`)).status).toBe(204)
  expect(deletionsOf(stage)).toEqual(['webhooks'])
  expect(await eventsOf(stage)).toEqual(['webhook.deleted'])
  expect(await stage.ctx.db.select().from(webhookDeliveries)).toMatchObject([{ webhookId: other.id }])
})

test('one with many is switched off, loses them some at a time, and then goes itself; others keep theirs', async () => {
  const { stage, full, other } = await startFull(2 * DELETED_AT_ONCE_MAX + 200)
  await using _ = stage
  expect((await call(stage, 'DELETE', `/api/webhooks/${full.id}`)).status).toBe(204)
  expect(deletionsOf(stage)).toEqual([...Array<string>(3).fill('webhook_deliveries'), 'webhooks'])
  expect(await eventsOf(stage)).toEqual(['webhook.updated', 'webhook.deleted'])
  expect((await call(stage, 'GET', `/api/webhooks/${full.id}`)).status).toBe(404)
  expect(await stage.ctx.db.select().from(webhookDeliveries)).toMatchObject([{ webhookId: other.id }])
  expect(await stage.ctx.db.$count(webhookAttempts)).toBe(1)
})

test('a deletion that was cut short left a webhook that is off, and is done by the next one', async () => {
  const { stage, full } = await startFull(DELETED_AT_ONCE_MAX + 100)
  await using _ = stage
  const stop = new AbortController()
  const some = eq(webhookDeliveries.webhookId, full.id)
  await call(stage, 'PATCH', `/api/webhooks/${full.id}`, { is_active: false })
  const cut = deleteDeliveries(stage.ctx, some, stop.signal)
  stop.abort(new Error('cut short'))
  await expect(cut).rejects.toThrow('cut short')
  expect(await stage.ctx.db.$count(webhookDeliveries, some)).toBe(100)
  await Promise.all([0, 1].map(() => deleteWebhook(stage.ctx, stage.scope, full.id).catch(() => undefined)))
  expect(await stage.ctx.db.$count(webhookDeliveries, some)).toBe(0)
  expect((await eventsOf(stage)).filter((action) => action === 'webhook.deleted')).toHaveLength(1)
})
