import { describe, expect, test } from 'bun:test'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { ACTION_NAMES } from '#core/audit/actions.ts'
import { EVENT_TYPES } from '#core/audit/event-types.ts'
import { record } from '#core/audit/record.ts'
import { auditLog } from '#core/audit/tables.ts'
import { addMs, DAY_MS, MINUTE_MS } from '#lib/clock.ts'
import { eventually } from '#test/jobs/context.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { call, GROUP_MADE, happen, type Stage, scopeOf, startStage } from './arrange.ts'

type EventJson = Readonly<{ id: string; type: string; created_at: string; org_id: number; data: object }>
type Page = Readonly<{ items: EventJson[]; next_cursor: string | null }>

async function eventsOf(stage: Stage, query = ''): Promise<Page> {
  const response = await call(stage, 'GET', `/api/events${query}`)
  expect(response.status).toBe(200)
  return await response.json()
}

/** The feed of the lane's engine holds back what is younger than a second. */
async function settled(stage: Stage, count: number): Promise<Page> {
  let page = await eventsOf(stage)
  await eventually(async () => {
    page = await eventsOf(stage)
    return page.items.length >= count
  })
  return page
}

describe('the catalogue', () => {
  test('describes every event of an org with a schema that its sample fits', async () => {
    await using stage = await startStage({ worker: false })
    const { items } = await (await call(stage, 'GET', '/api/webhooks/event-types')).json()
    const ajv = new Ajv({ strict: false })
    addFormats.default(ajv)
    expect(items.map(({ type }: { type: string }) => type)).toEqual([...EVENT_TYPES])
    expect(ACTION_NAMES.filter((name) => !EVENT_TYPES.includes(name))).toEqual([
      ...(['password.reset_requested', 'audit.trimmed', 'system.deployed', 'system.migrated'] as const),
    ])
    for (const { type, description, schema, sample } of items) {
      expect([type, ajv.validate(schema, sample.data), ajv.errorsText()]).toEqual([type, true, 'No errors'])
      expect([type, sample.type, sample.org_id]).toEqual([type, type, stage.orgId])
      expect(description).toMatch(/\.$/)
      const strict = { ...schema, additionalProperties: false }
      expect([type, ajv.validate(strict, sample.data)]).toEqual([type, true])
    }
  })
})

describe('the feed of events', () => {
  test('has the org’s events with the ids that webhooks get, oldest first, and nobody else’s', async () => {
    await using stage = await startStage({ worker: false })
    const stranger = await makePerson(stage.app, (await makeOrg(stage.ctx)).orgId)
    const ids: string[] = []
    for (let n = 1; n <= 5; n++) {
      ids.push(await happen(stage, 'group.created', { group_id: n, name: `Team ${n}` }))
      await happen({ ctx: stage.ctx, scope: scopeOf(stranger) }, ...GROUP_MADE)
    }
    const { items, next_cursor: next } = await settled(stage, 5)
    expect(items.map(({ id }) => id)).toEqual(ids)
    expect(next).toBeNull()
    expect(items[0]).toEqual({
      ...{ id: ids[0] ?? '', type: 'group.created', org_id: stage.orgId, data: { group_id: 1, name: 'Team 1' } },
      created_at: expect.stringMatching(/Z$/),
    })
    const first = await eventsOf(stage, '?limit=2')
    expect(first.next_cursor).toBe(ids[1] ?? '')
    expect((await eventsOf(stage, `?limit=2&after=${first.next_cursor}`)).items.map(({ id }) => id)).toEqual(
      ids.slice(2, 4),
    )
    expect((await eventsOf(stage, `?after=${ids[4]}`)).items).toEqual([])
  })

  test('begins thirty days ago, and knows no event of another org', async () => {
    await using stage = await startStage({ worker: false })
    const { ctx, scope } = stage
    const past = (ms: number) => ({ ...ctx, clock: { ...ctx.clock, now: () => addMs(ctx.clock.now(), -ms) } })
    const at = (ms: number) => ctx.db.transaction((tx) => record(past(ms), tx, scope, ...GROUP_MADE))
    await at(30 * DAY_MS + MINUTE_MS)
    const kept = await at(30 * DAY_MS - MINUTE_MS)
    expect((await eventsOf(stage)).items.map(({ id }) => id)).toEqual([kept])
    const stranger = await makePerson(stage.app, (await makeOrg(ctx)).orgId)
    const foreign = await happen({ ctx, scope: scopeOf(stranger) }, ...GROUP_MADE)
    for (const after of [foreign, 'x', '1']) {
      const response = await call(stage, 'GET', `/api/events?after=${after}`)
      expect([response.status, (await response.json()).field]).toEqual([422, 'after'])
    }
  })

  test('never skips an event of a transaction that commits late', async () => {
    await using stage = await startStage({ worker: false })
    const { ctx, scope } = stage
    if (ctx.db.engine === 'sqlite') return
    const [written, may] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()]
    const late = ctx.db.transaction(async (tx) => {
      written.resolve(await record(ctx, tx, scope, ...GROUP_MADE))
      await may.promise
    })
    const lateId = await written.promise
    const early = await happen(stage, ...GROUP_MADE)
    await Bun.sleep(1_500)
    expect((await eventsOf(stage)).items).toEqual([])
    may.resolve()
    await late
    expect((await settled(stage, 2)).items.map(({ id }) => id)).toEqual([lateId, early])
  })

  test('is the audit log’s own rows: a page of it asks for one more and no copy is kept', async () => {
    await using stage = await startStage({ worker: false })
    await happen(stage, ...GROUP_MADE)
    expect(await stage.ctx.db.$count(auditLog)).toBe(1)
    expect((await settled(stage, 1)).items).toHaveLength(1)
  })
})
