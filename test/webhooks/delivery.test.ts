import { expect, test } from 'bun:test'
import { eventually } from '#test/jobs/context.ts'
import { deliveriesOf, GROUP_MADE, happen, makeWebhook, settledDeliveries, startStage } from './arrange.ts'

test('an event is sent within a second of its commit, whole and once', async () => {
  await using stage = await startStage()
  const webhook = await makeWebhook(stage)
  await settledDeliveries(stage, webhook.id)
  stage.receiver.heard.length = 0
  const at = performance.now()
  const eventId = await happen(stage, ...GROUP_MADE)
  await eventually(() => stage.receiver.heard.length > 0, 1_000)
  expect(performance.now() - at).toBeLessThan(1_000)
  const [heard] = stage.receiver.heard
  expect(JSON.parse(String(heard?.body))).toEqual({
    id: eventId,
    type: 'group.created',
    created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    org_id: stage.orgId,
    data: { group_id: 5, name: 'Data team' },
  })
  expect(heard).toMatchObject({ method: 'POST', url: '/hook' })
  expect(heard?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': eventId })
  const [delivery] = await settledDeliveries(stage, webhook.id, 2)
  expect(delivery).toMatchObject({
    event_id: eventId,
    event_type: 'group.created',
    origin: 'event',
    status: 'delivered',
  })
  expect(delivery?.attempts).toEqual([
    expect.objectContaining({ number: 1, status_code: 200, excerpt: 'ok', error: null }),
  ])
  expect(await deliveriesOf(stage, webhook.id)).toHaveLength(2)
  expect(stage.receiver.heard).toHaveLength(1)
})
