import { describe, expect, test } from 'bun:test'
import type { ServerResponse } from 'node:http'
import { eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { engine } from '#db/columns.ts'
import { connectionCounts } from '#db/condition.ts'
import { lockRow } from '#db/database.ts'
import { jobs } from '#jobs/tables.ts'
import { webhookDeliveries } from '#platform/webhooks/tables.ts'
import { eventually } from '#test/jobs/context.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import {
  call,
  deliveriesOf,
  GROUP_MADE,
  happen,
  makeWebhook,
  type Stage,
  scopeOf,
  settledDeliveries,
  startStage,
} from './arrange.ts'

async function refusalOf(stage: Stage, body: unknown): Promise<[number, string, string]> {
  const response = await call(stage, 'POST', '/api/webhooks', body)
  const { error, field } = await response.json()
  return [response.status, error, field]
}

async function recorded({ ctx, orgId }: Stage, action: string) {
  const rows = await ctx.db.select().from(auditLog).where(eq(auditLog.action, action))
  return rows.filter((row) => row.orgId === orgId).map(({ detail }) => detail)
}

describe('a webhook', () => {
  test('shows its secret once, and later six characters of it; the database holds none of it', async () => {
    await using stage = await startStage({ worker: false })
    const made = await makeWebhook(stage, { events: ['group.*', 'invite.created', 'group.*'] })
    expect(made).toMatchObject({ events: ['group.*', 'invite.created'], is_active: true, schedule: 'default' })
    expect(made.secret_tail).toBe(made.secret.slice(-6))
    const read = await call(stage, 'GET', `/api/webhooks/${made.id}`)
    const text = await read.text()
    expect(text).not.toContain(made.secret.slice(6, 30))
    const { secret: _, ...rest } = made
    expect(JSON.parse(text)).toEqual(rest)
    expect((await (await call(stage, 'GET', '/api/webhooks')).json()).items).toEqual([rest])
    const dump = JSON.stringify([
      await stage.ctx.db.select().from(webhooks),
      await stage.ctx.db.select().from(auditLog),
    ])
    expect(dump).not.toContain(made.secret.slice(6, 30))
    expect(stage.app.lines.join()).not.toContain(made.secret.slice(6, 30))
    expect(await recorded(stage, 'webhook.created')).toEqual([
      { webhook_id: made.id, url: stage.url, events: ['group.*', 'invite.created'] },
    ])
  })

  test('is refused an address that cannot or must not be called, and events that do not exist', async () => {
    await using stage = await startStage({ worker: false })
    for (const url of [
      '',
      'hooks.example.test',
      'ftp://127.0.0.1/',
      'file:///etc/passwd',
      'http://u:p@127.0.0.1/',
      `${stage.url}#x`,
    ]) {
      expect([url, ...(await refusalOf(stage, { url }))]).toEqual([url, 422, 'invalid_url', 'url'])
    }
    for (const url of [
      'http://127.0.0.2/',
      'http://[::1]/',
      'http://2130706434/',
      'http://169.254.169.254/',
      'https://10.0.0.1/',
    ]) {
      expect([url, ...(await refusalOf(stage, { url }))]).toEqual([url, 422, 'egress_refused', 'url'])
    }
    for (const event of ['group', 'group.', '*', 'group.nothing', 'audit.trimmed', 'nothing.*', '.*', 'system.*']) {
      const refusal = await refusalOf(stage, { url: stage.url, events: [event] })
      expect([event, ...refusal]).toEqual([event, 422, 'unknown_event', 'events'])
    }
    expect(await stage.ctx.db.$count(webhooks)).toBe(0)
    await makeWebhook(stage, { url: 'https://not-there-yet.example.test/hook' })
  })

  test('is changed by what is named; an address is vetted again', async () => {
    await using stage = await startStage({ worker: false })
    const { id } = await makeWebhook(stage)
    const change = async (body: object) => (await call(stage, 'PATCH', `/api/webhooks/${id}`, body)).json()
    expect(await change({ events: ['member.*'], schedule: 'long' })).toMatchObject({
      events: ['member.*'],
      schedule: 'long',
      url: stage.url,
    })
    expect(await change({ url: 'http://127.0.0.2/' })).toMatchObject({ error: 'egress_refused' })
    expect(await change({ is_active: false })).toMatchObject({ is_active: false, disabled_reason: null })
    expect(await change({ is_active: false })).toMatchObject({ is_active: false })
    expect(await recorded(stage, 'webhook.updated')).toEqual([
      { webhook_id: id, url: stage.url, fields: ['events', 'schedule'] },
      { webhook_id: id, url: stage.url, fields: ['is_active'] },
    ])
  })

  test('is for those with webhook.edit, and an org has at most twenty', async () => {
    await using stage = await startStage({ worker: false })
    for (const role of ['designer', 'analyst', 'viewer'] as const) {
      const person = await makePerson(stage.app, stage.orgId, role)
      const response = await call({ app: stage.app, admin: person }, 'GET', '/api/webhooks')
      expect([response.status, (await response.json()).permission]).toEqual([403, 'webhook.edit'])
    }
    for (let made = 0; made < 20; made++) await makeWebhook(stage)
    expect((await call(stage, 'POST', '/api/webhooks', { url: stage.url })).status).toBe(409)
  })

  test('that is deleted gets nothing more, not even what waits', async () => {
    await using stage = await startStage({ answer: (_, response) => response.writeHead(500).end() })
    const { id } = await makeWebhook(stage, { events: ['group.*'] })
    await happen(stage, ...GROUP_MADE)
    await settledDeliveries(stage, id)
    expect((await call(stage, 'DELETE', `/api/webhooks/${id}`)).status).toBe(204)
    expect((await call(stage, 'GET', `/api/webhooks/${id}/deliveries`)).status).toBe(404)
    await stage.ctx.db.update(jobs).set({ runAt: stage.ctx.clock.now() })
    await eventually(async () => (await stage.ctx.db.$count(jobs, eq(jobs.kind, 'webhook.deliver'))) === 0)
    expect(stage.receiver.heard).toHaveLength(1)
    expect(await recorded(stage, 'webhook.deleted')).toEqual([{ webhook_id: id, url: stage.url }])
  })
})

describe('an event', () => {
  test('reaches the webhooks that name it, by its name, by its kind or by naming nothing, and no others', async () => {
    await using stage = await startStage()
    const hooks: Record<string, string[]> = {
      all: [],
      kind: ['group.*'],
      name: ['group.created'],
      other: ['group.deleted', 'invite.*'],
    }
    const ids: Record<string, number> = {}
    for (const [name, events] of Object.entries(hooks)) {
      ids[name] = (await makeWebhook(stage, { url: `${stage.url}/${name}`, events })).id
    }
    const off = await makeWebhook(stage, { url: `${stage.url}/off` })
    await call(stage, 'PATCH', `/api/webhooks/${off.id}`, { is_active: false })
    const eventId = await happen(stage, ...GROUP_MADE)
    const heard = () => stage.receiver.heard.filter(({ headers }) => headers['webhook-id'] === eventId)
    await eventually(() => heard().length === 3)
    await Bun.sleep(50)
    expect(
      heard()
        .map(({ url }) => url)
        .toSorted(),
    ).toEqual(['/hook/all', '/hook/kind', '/hook/name'])
    expect(await deliveriesOf(stage, ids.other ?? 0)).toEqual([])
  })

  test('of another org reaches nobody here, and without a webhook nothing is queued', async () => {
    await using stage = await startStage()
    const stranger = await makePerson(stage.app, (await makeOrg(stage.ctx)).orgId)
    const before = await stage.ctx.db.$count(jobs)
    await happen({ ctx: stage.ctx, scope: scopeOf(stranger) }, ...GROUP_MADE)
    expect(await stage.ctx.db.$count(jobs)).toBe(before)
    const { id } = await makeWebhook(stage, { events: ['group.*'] })
    await happen({ ctx: stage.ctx, scope: scopeOf(stranger) }, ...GROUP_MADE)
    await happen(stage, ...GROUP_MADE)
    await settledDeliveries(stage, id)
    expect(stage.receiver.heard).toHaveLength(1)
  })

  test('of a transaction that rolls back is never sent', async () => {
    await using stage = await startStage()
    await makeWebhook(stage, { events: ['group.*'] })
    const { ctx } = stage
    const { record } = await import('#core/audit/record.ts')
    const work = ctx.db.transaction(async (tx) => {
      await record(ctx, tx, stage.scope, ...GROUP_MADE)
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    const kept = await happen(stage, ...GROUP_MADE)
    await eventually(() => stage.receiver.heard.length > 0)
    await Bun.sleep(50)
    expect(stage.receiver.heard.map(({ headers }) => headers['webhook-id'])).toEqual([kept])
  })
})

test.if(engine === 'postgres')(
  'one that is deleted while an attempt at it fails is locked before its deliveries',
  async () => {
    const held: ServerResponse[] = []
    await using stage = await startStage({ answer: (_, response) => void held.push(response) })
    const { db } = stage.ctx
    const { id } = await makeWebhook(stage, { events: ['group.*'] })
    await happen(stage, ...GROUP_MADE)
    await eventually(() => held.length === 1)
    await db.transaction(async (tx) => {
      await lockRow(tx, webhooks, id)
      held[0]?.writeHead(503).end()
      await eventually(async () => (await connectionCounts(db))?.waiting === 1)
      await tx.delete(webhooks).where(eq(webhooks.id, id))
    })
    expect(await db.$count(webhookDeliveries)).toBe(0)
    expect(stage.app.lines.filter((line) => line.includes('deadlock'))).toEqual([])
  },
)

describe('a test', () => {
  test('tells code and words of the receiver, is signed, and leaves no delivery', async () => {
    await using stage = await startStage({
      answer: (_, response) => response.writeHead(418).end(`<b>no</b>${'x'.repeat(600)}`),
    })
    const { id } = await makeWebhook(stage, { events: ['group.*'] })
    const response = await call(stage, 'POST', `/api/webhooks/${id}/test`)
    const { status_code: code, excerpt, ms } = await response.json()
    expect([response.status, code, excerpt.length, typeof ms]).toEqual([200, 418, 512, 'number'])
    expect(excerpt).toStartWith('<b>no</b>xx')
    const [heard] = stage.receiver.heard
    expect(JSON.parse(String(heard?.body))).toMatchObject({
      type: 'webhook.test',
      org_id: stage.orgId,
      data: { webhook_id: id },
    })
    expect(heard?.headers['webhook-signature']).toStartWith('v1,')
    expect(await deliveriesOf(stage, id)).toEqual([])
  })

  test('tells why nothing came, and is refused what became closed', async () => {
    await using stage = await startStage({ worker: false })
    const { id } = await makeWebhook(stage)
    stage.answerWith((_, response) => response.destroy())
    const broken = await call(stage, 'POST', `/api/webhooks/${id}/test`)
    expect([broken.status, await broken.json()]).toMatchObject([
      502,
      { error: 'transport_failed', detail: expect.stringContaining('ECONNRESET') },
    ])
    await stage.ctx.db.update(webhooks).set({ url: 'http://127.0.0.2/' })
    const closed = await call(stage, 'POST', `/api/webhooks/${id}/test`)
    expect([closed.status, (await closed.json()).error]).toEqual([422, 'egress_refused'])
  })
})
