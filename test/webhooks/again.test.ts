import { describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { addMs, DAY_MS, MINUTE_MS } from '#lib/clock.ts'
import { trimDeliveries } from '#platform/webhooks/retention.ts'
import { webhookAttempts, webhookDeliveries } from '#platform/webhooks/tables.ts'
import { eventually } from '#test/jobs/context.ts'
import { call, deliveriesOf, GROUP_MADE, happen, makeWebhook, settledDeliveries, startStage } from './arrange.ts'

describe('a delivery that is sent again', () => {
  test('is one of its own with the same event and the same bytes', async () => {
    await using stage = await startStage({ answer: (_, response) => response.writeHead(404).end() })
    const { id } = await makeWebhook(stage, { events: ['group.*'] })
    await happen(stage, ...GROUP_MADE)
    const [refused] = await settledDeliveries(stage, id)
    expect(refused?.status).toBe('failed')
    stage.answerWith((_, response) => response.end('ok'))
    const response = await call(stage, 'POST', `/api/webhooks/deliveries/${refused?.id}/redeliver`)
    const made = await response.json()
    expect([response.status, made.origin, made.status, made.event_id]).toEqual([
      202,
      'redelivery',
      'waiting',
      refused?.event_id,
    ])
    const log = await stage.ctx.db.select().from(auditLog).where(eq(auditLog.action, 'webhook.redelivered'))
    const what = { webhook_id: id, url: stage.url, event_id: refused?.event_id, event_type: 'group.created' }
    expect(log.map(({ detail, actorId }) => [detail, actorId])).toEqual([[what, stage.admin.userId]])
    const [again, first] = await settledDeliveries(stage, id, 2)
    expect([again?.id, again?.status, first?.status]).toEqual([made.id, 'delivered', 'failed'])
    const [one, other] = stage.receiver.heard
    expect(other?.body.equals(one?.body ?? Buffer.alloc(0))).toBe(true)
    expect(other?.headers['webhook-id']).toBe(one?.headers['webhook-id'] ?? '')
  })

  test('is 404 for an unknown one, 410 for an event that is no longer kept, and 409 while the webhook is off', async () => {
    await using stage = await startStage()
    const { id } = await makeWebhook(stage, { events: ['group.*'] })
    await happen(stage, ...GROUP_MADE)
    const [sent] = await settledDeliveries(stage, id)
    const again = async (delivery: unknown) =>
      (await call(stage, 'POST', `/api/webhooks/deliveries/${delivery}/redeliver`)).status
    for (const odd of ['1', 'x', '019c1a2b-3c4d-7e5f-8a9b-0c1d2e3f4a5b'])
      expect([odd, await again(odd)]).toEqual([odd, 404])
    await call(stage, 'PATCH', `/api/webhooks/${id}`, { is_active: false })
    expect(await again(sent?.id)).toBe(409)
    await stage.ctx.db.update(webhookDeliveries).set({ eventId: 'gone' })
    expect(await again(sent?.id)).toBe(410)
    expect(await stage.ctx.db.$count(auditLog, eq(auditLog.action, 'webhook.redelivered'))).toBe(0)
  })
})

describe('a replay', () => {
  test('sends every event since a time again, in their order, and no other', async () => {
    await using stage = await startStage()
    const { id } = await makeWebhook(stage, { events: ['group.*'] })
    const ids: string[] = []
    for (let n = 0; n < 3; n++) ids.push(await happen(stage, 'group.created', { group_id: n + 1, name: `Team ${n}` }))
    await happen(stage, 'member.removed', { user_id: 1, email: 'x@example.test' })
    await settledDeliveries(stage, id, 3)
    const [row] = await stage.ctx.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.eventId, ids[1] ?? ''))
    stage.receiver.heard.length = 0
    const response = await call(stage, 'POST', `/api/webhooks/${id}/replay`, { since: row?.at.toISOString() })
    const replayed = await response.json()
    expect([response.status, replayed.status]).toEqual([202, 'queued'])
    expect(replayed.events).toBeGreaterThanOrEqual(2)
    const all = await settledDeliveries(stage, id, 3 + replayed.events)
    const made = all.filter(({ origin }) => origin === 'replay')
    expect(
      made
        .map(({ event_id: eventId }) => eventId)
        .toReversed()
        .slice(-2),
    ).toEqual(ids.slice(-2))
    expect(all).toHaveLength(3 + replayed.events)
    expect(stage.receiver.heard).toHaveLength(replayed.events)
  })

  test('of more events than fit into one go makes one delivery of each', async () => {
    await using stage = await startStage()
    const { ctx, scope } = stage
    const { record } = await import('#core/audit/record.ts')
    await ctx.db.transaction(async (tx) => {
      for (let n = 1; n <= 450; n++) await record(ctx, tx, scope, 'group.created', { group_id: n, name: `Team ${n}` })
    })
    const { id } = await makeWebhook(stage, { events: ['group.created'] })
    const since = addMs(ctx.clock.now(), -MINUTE_MS).toISOString()
    expect((await (await call(stage, 'POST', `/api/webhooks/${id}/replay`, { since })).json()).events).toBe(450)
    await eventually(async () => (await ctx.db.$count(webhookAttempts)) === 450, 30_000)
    const rows = await ctx.db.select().from(webhookDeliveries)
    expect([rows.length, new Set(rows.map(({ eventId }) => eventId)).size]).toEqual([450, 450])
    expect(stage.receiver.heard).toHaveLength(450)
    // Eight at once of one org, each on a connection that is kept.
    expect(stage.receiver.counts.connections).toBeLessThanOrEqual(16)
  }, 60_000)

  test('wants a time in the past, and a webhook that is on', async () => {
    await using stage = await startStage({ worker: false })
    const { id } = await makeWebhook(stage)
    const replay = async (since: string) => {
      const response = await call(stage, 'POST', `/api/webhooks/${id}/replay`, { since })
      return [response.status, (await response.json()).error]
    }
    for (const since of ['', 'yesterday', '2999-01-01T00:00:00Z', '2026-13-01T00:00:00Z']) {
      expect([since, ...(await replay(since))]).toEqual([since, 422, 'invalid_time'])
    }
    expect((await replay('2001-01-01T00:00:00Z'))[0]).toBe(202)
    await call(stage, 'PATCH', `/api/webhooks/${id}`, { is_active: false })
    expect(await replay('2026-01-01T00:00:00Z')).toEqual([409, 'webhook_inactive'])
  })
})

describe('the log', () => {
  test('is narrowed by status and event, and goes on where a page ended', async () => {
    await using stage = await startStage()
    const { id } = await makeWebhook(stage)
    for (let n = 0; n < 5; n++) await happen(stage, 'group.created', { group_id: n + 1, name: 'T' })
    await settledDeliveries(stage, id, 6)
    stage.answerWith((_, response) => response.writeHead(404).end())
    await happen(stage, 'group.deleted', { group_id: 1, name: 'T' })
    await settledDeliveries(stage, id, 7)
    expect((await deliveriesOf(stage, id, '?status=failed')).map(({ event_type: type }) => type)).toEqual([
      'group.deleted',
    ])
    expect(await deliveriesOf(stage, id, '?event=group.created')).toHaveLength(5)
    expect(await deliveriesOf(stage, id, '?event=group.created&status=failed')).toEqual([])
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const response = await call(
        stage,
        'GET',
        `/api/webhooks/${id}/deliveries?limit=2${cursor && `&cursor=${cursor}`}`,
      )
      const page = await response.json()
      seen.push(...page.items.map((item: { id: string }) => item.id))
      if (page.next_cursor === null) break
      cursor = page.next_cursor
    }
    expect([seen.length, new Set(seen).size]).toEqual([7, 7])
    for (const odd of ['status=lost', 'cursor=x', 'limit=0', 'q=x']) {
      expect([odd, (await call(stage, 'GET', `/api/webhooks/${id}/deliveries?${odd}`)).status]).toEqual([odd, 422])
    }
  })

  test('is kept for thirty days, attempts and all', async () => {
    await using stage = await startStage()
    const { id } = await makeWebhook(stage)
    await happen(stage, ...GROUP_MADE)
    await settledDeliveries(stage, id, 2)
    const [old] = await deliveriesOf(stage, id)
    const createdAt = addMs(stage.ctx.clock.now(), -30 * DAY_MS - MINUTE_MS)
    await stage.ctx.db
      .update(webhookDeliveries)
      .set({ createdAt })
      .where(eq(webhookDeliveries.id, old?.id ?? ''))
    await trimDeliveries(stage.ctx, new AbortController().signal)
    expect(await deliveriesOf(stage, id)).toHaveLength(1)
    expect(await stage.ctx.db.$count(webhookAttempts)).toBe(1)
  })
})
