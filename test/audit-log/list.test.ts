import { describe, expect, test } from 'bun:test'
import { users } from '#core/tenancy/tables.ts'
import { MINUTE_MS } from '#lib/clock.ts'
import { cursorAfter, placeOf } from '#platform/audit-log/place.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { fillLog, type Log, names, note, noteOne, openLog, START } from './arrange.ts'

async function pagesOf(log: Log, limit: number, typed: Parameters<Log['list']>[0] = {}): Promise<string[]> {
  const pages: string[] = []
  for (let place: ReturnType<typeof placeOf> | undefined; pages.length < 20; ) {
    const { events, next } = await log.page({ ...typed, limit, ...(place && { place }) })
    if (events.length > 0) pages.push(names(events))
    if (!next) break
    place = placeOf(cursorAfter(next))
  }
  return pages
}

describe('the log', () => {
  test('lists what happened in the org, newest first, and nothing of another org or of the install', async () => {
    await using log = await openLog()
    const other = await makePerson(log.app, (await makeOrg(log.app.ctx)).orgId)
    await note(log, log.admin, ['ann@x.test', 'ben@x.test'])
    await note(log, other, ['zoe@x.test'])
    await noteOne(log.app, 'install', 'org.created', { org_id: 1, slug: 'a', name: 'yak' })
    const events = await log.list()
    expect(names(events)).toContain('ben ann')
    expect(events.every(({ detail }) => detail.email !== 'zoe@x.test' && detail.name !== 'yak')).toBe(true)
    expect(events[0]).toMatchObject({
      action: 'invite.created',
      ...{ actorKind: 'person', actorId: log.admin.userId, actorLabel: log.admin.email },
      ...{ address: '192.0.2.7', requestId: 'req-1', detail: { invite_id: 2, email: 'ben@x.test', role: 'viewer' } },
    })
    expect(names(await log.list({ install: true }))).toBe('yak')
  })

  test('keeps its pages apart where many events bear the same time', async () => {
    await using log = await openLog()
    await note(log, log.admin, ['a', 'b', 'c', 'd', 'e', 'f', 'g'], (place) => START + (place > 4 ? 1 : 0))
    for (const limit of [1, 2, 3, 4, 7]) {
      for (const q of ['', 'viewer']) {
        expect([limit, q, (await pagesOf(log, limit, { q })).join(' ')]).toEqual([limit, q, 'g f e d c b a'])
      }
    }
  })

  test('is ordered by time where rows were written in another order, searched or not', async () => {
    await using log = await openLog()
    await note(log, log.admin, ['c', 'a', 'b'], (place) => START + ((place + 2) % 3) * MINUTE_MS)
    expect(names(await log.list())).toBe('c b a')
    expect(names(await log.list({ q: 'created' }))).toBe('c b a')
    await fillLog(log, 1_200, {}, START + 9 * MINUTE_MS)
    expect(names(await log.list({ q: 'created' }))).toBe('c b a')
    expect(await pagesOf(log, 1, { q: 'created' })).toEqual(['c', 'b', 'a'])
  })
})

describe('a filter', () => {
  async function openMixed() {
    const log = await openLog()
    const mate = await makePerson(log.app, log.orgId, 'analyst', 'mate@x.test')
    await note(log, log.admin, ['a', 'b'])
    await note(log, mate, ['c', 'd'], (place) => START + (5 + place) * MINUTE_MS)
    await noteOne(log.app, mate, 'token.created', { token_id: 1, name: 'e', expires_at: null }, START + 9 * MINUTE_MS)
    const at = (minute: number) => new Date(START + minute * MINUTE_MS).toISOString()
    return { ...log, mate, at, [Symbol.asyncDispose]: () => log[Symbol.asyncDispose]() }
  }

  test('by action, actor, time and words narrows, and several together narrow further', async () => {
    await using log = await openMixed()
    const { mate, at } = log
    const id = String(mate.userId)
    for (const [typed, found] of [
      [{ action: 'invite.created' }, 'd c b a'],
      [{ actor: id }, 'e d c'],
      [{ actor: ' Mate@X.test ' }, 'e d c'],
      [{ actor: 'nobody@x.test' }, ''],
      [{ actor: '424242' }, ''],
      [{ after: at(1) }, 'e d c b'],
      [{ before: at(1) }, 'a'],
      [{ after: at(1), before: at(6) }, 'c b'],
      [{ q: '  ' }, 'e d c b a'],
      [{ q: 'token' }, 'e'],
      [{ action: 'invite.created', actor: id }, 'd c'],
      [{ action: 'invite.created', actor: 'mate@x.test', before: at(6) }, 'c'],
      [{ action: 'invite.created', actor: id, q: 'D' }, 'd'],
      [{ action: 'token.created', q: 'invite' }, ''],
      [{ actor: id, q: 'created', after: at(6) }, 'e d'],
      [{ actor: 'mate@x.test', q: 'created', before: at(6) }, 'c'],
      [{ action: '', actor: '', q: '', after: '', before: '' }, 'e d c b a'],
    ] as const) {
      expect([typed, names(await log.list(typed))]).toEqual([typed, found])
    }
    await fillLog(log, 1_100, {}, START + 99 * MINUTE_MS)
    expect(names(await log.list({ actor: id, q: 'created', after: at(6) }))).toBe('e d')
    expect(names(await log.list({ action: 'invite.created', q: 'viewer', before: at(6) }))).toBe('c b a')
  })

  test('that names no action, no actor, no time or no place is refused by its field', async () => {
    await using log = await openLog()
    const { bearer } = log.admin
    for (const [query, field] of [
      ['action=invite.exploded', 'action'],
      ['action=__proto__', 'action'],
      ['actor=ada', 'actor'],
      ['actor=-1', 'actor'],
      ['after=yesterday', 'after'],
      ['after=2026-03-01', 'after'],
      ['before=2026-13-01T00:00:00Z', 'before'],
      ['cursor=x', 'cursor'],
      ['cursor=', 'cursor'],
      [`cursor=${Buffer.from(`1.${'9'.repeat(30)}`).toString('base64url')}`, 'cursor'],
      ['limit=0', 'limit'],
      ['install=maybe', 'install'],
      ['surplus=1', 'surplus'],
    ] as const) {
      const response = await log.app.fetch(`/api/audit-log?${query}`, { headers: bearer })
      expect([query, response.status, await response.json()]).toMatchObject([
        query,
        422,
        { error: 'invalid_query', field },
      ])
    }
    const good =
      'action=invite.created&actor=1&after=2026-03-01T00:00:00Z&before=2026-03-02T00:00:00%2B01:00&q=x&limit=5'
    expect((await log.app.fetch(`/api/audit-log?${good}`, { headers: bearer })).status).toBe(200)
  })
})

describe('the API', () => {
  test('answers with the event’s public id and a cursor that leads on', async () => {
    await using log = await openLog()
    const ids = await note(log, log.admin, ['a', 'b', 'c'])
    const ask = async (query: string) =>
      (await log.app.fetch(`/api/audit-log?${query}`, { headers: log.admin.bearer })).json()
    const first = await ask('action=invite.created&limit=2')
    expect(first.items.map(({ id }: { id: string }) => id)).toEqual([ids[2], ids[1]])
    expect(first.items[0]).toEqual({
      id: ids[2],
      action: 'invite.created',
      actor: { kind: 'person', user_id: log.admin.userId, label: log.admin.email },
      detail: { invite_id: 3, email: 'c', role: 'viewer' },
      address: '192.0.2.7',
      request_id: 'req-1',
      at: new Date(START + 2 * MINUTE_MS).toISOString(),
    })
    const second = await ask(`action=invite.created&limit=2&cursor=${first.next_cursor}`)
    expect(second).toMatchObject({ items: [{ id: ids[0] }], next_cursor: null })
  })

  test('shows what concerns the install to a superadmin only', async () => {
    await using log = await openLog()
    const { app, admin } = log
    await noteOne(app, 'install', 'user.created', { user_id: 5, email: 'yak@x.test', is_superadmin: false })
    for (const path of ['/api/audit-log?install=true', '/api/audit-log/export.csv?install=true']) {
      const refused = await app.fetch(path, { headers: admin.bearer })
      expect([path, refused.status, (await refused.json()).error]).toEqual([path, 403, 'superadmin_only'])
    }
    await app.ctx.db.update(users).set({ isSuperadmin: true })
    for (const path of ['/api/audit-log?install=true', '/api/audit-log/export.csv?install=true']) {
      const answer = await app.fetch(path, { headers: admin.bearer })
      expect([path, answer.status, (await answer.text()).includes('yak@x.test')]).toEqual([path, 200, true])
    }
    expect(await (await app.fetch('/api/audit-log', { headers: admin.bearer })).text()).not.toContain('yak@x.test')
  })
})
