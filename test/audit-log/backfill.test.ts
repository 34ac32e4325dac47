import { expect, test } from 'bun:test'
import { engine } from '#db/columns.ts'
import { openDatabase } from '#db/database.ts'
import { migrate } from '#db/migrate.ts'
import { dateOfMs } from '#lib/clock.ts'
import { systemRandom } from '#lib/random.ts'
import { migrations } from '#migrations/index.ts'
import { listEvents } from '#platform/audit-log/event-list.ts'
import { filterOf } from '#platform/audit-log/filter.ts'
import { startTestApp } from '#test/support/app.ts'
import { makeEmptyDatabase } from '#test/support/database.ts'
import { START, scopeOf } from './arrange.ts'

const NAME = (table: string) => (engine === 'postgres' ? `honeyframe.${table}` : table)
const AT = engine === 'postgres' ? `timestamptz '2026-03-01T09:00:00Z'` : String(START)
const REQUEST = '019c1a2b-3c4d-7e5f-8a9b-0c1d2e3f4a5b'

test('rows from before the index of words are found by it', async () => {
  await using place = await makeEmptyDatabase()
  await using db = await openDatabase({ url: place.url, poolMax: 1 })
  await migrate(db, migrations.slice(0, 2))
  const detail = JSON.stringify({ email: 'Grace.Hopper@navy.test', ids: [17], note: 'a "quoted" word' })
  await db.migration(async (run) => {
    await run(`insert into ${NAME('orgs')} (slug, name, created_at) values ('acme', 'Acme', ${AT})`)
    const columns = 'event_id, org_id, action, actor_kind, actor_id, actor_label, detail, address, request_id, at'
    const values = `'e-1', 1, 'invite.created', 'person', 9, 'Ada@x.test', '${detail}', '192.0.2.7', '${REQUEST}', ${AT}`
    await run(`insert into ${NAME('audit_log')} (${columns}) values (${values})`)
  })
  expect(await migrate(db, migrations)).toEqual(migrations.slice(2).map(({ name }) => name))
  await using app = await startTestApp()
  const ctx = { ...app.ctx, db, random: systemRandom, clock: { ...app.ctx.clock, now: () => dateOfMs(START) } }
  const person = { userId: 9, email: '', orgId: 1, jwt: '', bearer: { authorization: '' } }
  const find = async (q: string) =>
    (await listEvents(ctx, scopeOf(person), filterOf({ q }, false), { limit: 5 })).events.length
  for (const q of ['grace', 'HOPP nav', 'ada', 'created', '192.0.2.7', REQUEST, '17', 'quoted word']) {
    expect([q, await find(q)]).toEqual([q, 1])
  }
  for (const q of ['email', 'race', 'zebra']) expect([q, await find(q)]).toEqual([q, 0])
  const asked =
    engine === 'postgres' ? `audit_words(org_id, action, actor_id, at, search_text) @@ '''o1xgrace'':*'` : ''
  const [row] = await db.inspect(
    engine === 'postgres'
      ? `select count(*) as count from honeyframe.audit_log where honeyframe.${asked}`
      : `select count(*) as count from audit_words where audit_words match '"o1xgrac" * "o1ainvitexcreated" "o1u9"'`,
  )
  expect(Number(row?.count)).toBe(1)
})
