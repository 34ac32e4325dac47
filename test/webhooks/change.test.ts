import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { call, makeWebhook, type Stage, startStage } from './arrange.ts'

const SINCE = new Date('2026-01-31T09:00:00Z')

async function changed(stage: Stage, id: number, change: object) {
  const response = await call(stage, 'PATCH', `/api/webhooks/${id}`, change)
  const { is_active: isActive, disabled_reason: reason, failing_since: since } = await response.json()
  return [response.status, isActive, reason, since]
}

test('why a webhook is off and since when it fails stay until it is switched on or goes elsewhere', async () => {
  await using stage = await startStage({ worker: false })
  const { id, url } = await makeWebhook(stage, { events: ['group.*'] })
  const off = { isActive: false, disabledReason: 'It is gone.', failingSince: SINCE }
  await stage.ctx.db.update(webhooks).set(off).where(eq(webhooks.id, id))
  const told = [200, false, 'It is gone.', SINCE.toISOString()]
  // As the form of the page sends it: every setting, of which one is new.
  expect(await changed(stage, id, { url, events: [], schedule: 'default' })).toEqual(told)
  expect(await changed(stage, id, { schedule: 'long', is_active: false })).toEqual(told)
  expect(await changed(stage, id, { is_active: true })).toEqual([200, true, null, null])
  await stage.ctx.db.update(webhooks).set(off).where(eq(webhooks.id, id))
  expect(await changed(stage, id, { url: `${url}/new` })).toEqual([200, false, null, null])
})

test('the same change sent by many at once is made, and told, once', async () => {
  await using stage = await startStage({ worker: false })
  const { id } = await makeWebhook(stage)
  await call(stage, 'POST', `/api/webhooks/${id}/rotate-secret`)
  const many = Array.from({ length: 6 })
  const answers = [
    ...(await Promise.all(many.map(() => call(stage, 'PATCH', `/api/webhooks/${id}`, { is_active: false })))),
    ...(await Promise.all(many.map(() => call(stage, 'DELETE', `/api/webhooks/${id}/old-secret`)))),
  ]
  expect(answers.map(({ status }) => status)).toEqual([...many.map(() => 200), ...many.map(() => 204)])
  const log = await stage.ctx.db.select().from(auditLog).where(eq(auditLog.action, 'webhook.updated'))
  expect(log.map(({ detail }) => detail.fields)).toEqual([['is_active'], ['old_secret']])
})
