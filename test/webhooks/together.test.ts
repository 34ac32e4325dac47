import { expect, test } from 'bun:test'
import type { ServerResponse } from 'node:http'
import { eq } from 'drizzle-orm'
import { jobs } from '#jobs/tables.ts'
import { webhookAttempts, webhookDeliveries } from '#platform/webhooks/tables.ts'
import { eventually } from '#test/jobs/context.ts'
import { deliveriesOf, GROUP_MADE, happen, makeWebhook, startStage } from './arrange.ts'

test('of deliveries answered together, one that vanished and one that another node took harm no third', async () => {
  const held: ServerResponse[] = []
  await using stage = await startStage({ answer: (_, response) => void held.push(response) })
  const { db } = stage.ctx
  const webhook = await makeWebhook(stage, { events: ['group.*'] })
  for (let sent = 1; sent <= 3; sent++) await happen(stage, ...GROUP_MADE)
  await eventually(() => held.length === 3)
  const [kept, vanished, taken] = (await deliveriesOf(stage, webhook.id)).map(({ id }) => id)
  const rows = await db.select().from(jobs).where(eq(jobs.kind, 'webhook.deliver'))
  const job = rows.find(({ payload }) => payload?.includes(String(taken)))
  await db.delete(webhookDeliveries).where(eq(webhookDeliveries.id, String(vanished)))
  await db
    .update(jobs)
    .set({ lockedBy: 'another' })
    .where(eq(jobs.id, String(job?.id)))
  for (const response of held) response.end('ok')
  await eventually(async () => (await db.select().from(webhookAttempts)).length === 1)
  // The job of the one that vanished is tried again, finds nothing to do, and ends.
  const left = async () => await db.select().from(jobs).where(eq(jobs.kind, 'webhook.deliver'))
  await eventually(async () => {
    await db.update(jobs).set({ runAt: stage.ctx.clock.now() }).where(eq(jobs.state, 'waiting'))
    return (await left()).length === 1
  })
  expect(await left()).toMatchObject([{ id: job?.id, lockedBy: 'another' }])
  expect(await db.select().from(webhookAttempts)).toMatchObject([{ deliveryId: kept, number: 1, statusCode: 200 }])
  const states = (await deliveriesOf(stage, webhook.id)).map(({ id, status }) => [id, status])
  expect(new Map(states.map(([id, status]) => [id, status]))).toEqual(
    new Map([
      [kept, 'delivered'],
      [taken, 'waiting'],
    ]),
  )
  expect(held).toHaveLength(3)
})
