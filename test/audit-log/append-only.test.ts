import { describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { engine } from '#db/columns.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { type Log, names, note, openLog } from './arrange.ts'

const LOG = engine === 'postgres' ? 'honeyframe.audit_log' : 'audit_log'
const RETENTION = engine === 'postgres' ? 'honeyframe.audit_retention' : 'audit_retention'
const COLUMNS = 'event_id, org_id, action, actor_kind, actor_label, detail, at'
const COPY = `select ${COLUMNS} from ${LOG} where id = 1`
const COPY_WITH_ID = `select 1, ${COLUMNS.replace('event_id', "'another'")} from ${LOG} where id = 1`

const ATTEMPTS: Readonly<Record<string, string>> = {
  'an update of one row': `update ${LOG} set actor_label = 'nobody' where id = 1`,
  'an update of all rows': `update ${LOG} set at = at`,
  'a deletion of one row': `delete from ${LOG} where id = 1`,
  'a deletion of all rows': `delete from ${LOG}`,
  'an insert that updates the row in its way': `insert into ${LOG} (${COLUMNS}) ${COPY}
    ${engine === 'sqlite' ? 'and true' : ''} on conflict (event_id) do update set actor_label = 'nobody'`,
  ...(engine === 'sqlite'
    ? {
        'a replacement by the event’s id': `replace into ${LOG} (${COLUMNS}) ${COPY}`,
        'a replacement by the row’s id': `insert or replace into ${LOG} (id, ${COLUMNS}) ${COPY_WITH_ID}`,
        'an update that replaces': `update or replace ${LOG} set event_id = (select event_id from ${LOG} where id = 1)`,
        'an update that ignores': `update or ignore ${LOG} set actor_label = 'nobody'`,
      }
    : {
        truncation: `truncate ${LOG}`,
        'truncation of what it points at': 'truncate honeyframe.orgs cascade',
        'a merge': `merge into ${LOG} l using (select 1 as id) n on l.id = n.id when matched then delete`,
      }),
}

async function openTwo(): Promise<Log> {
  const log = await openLog()
  // Ids begin at 1 again, so that the statements can name a row.
  const { db } = log.app.ctx
  await db.migration(async (run) => {
    await run(
      db.engine === 'postgres'
        ? `alter table ${LOG} alter column id restart with 1`
        : "delete from sqlite_sequence where name = 'audit_log'",
    )
  })
  await note(log, log.admin, ['ann@x.test', 'ben@x.test'])
  return log
}

function attempt({ app }: Log, statement: string): Promise<unknown> {
  return app.ctx.db.migration((run) => run(statement))
}

describe('the database refuses', () => {
  for (const [what, statement] of Object.entries(ATTEMPTS)) {
    test(what, async () => {
      await using log = await openTwo()
      const before = await log.app.ctx.db.select().from(auditLog)
      expect(before.map(({ id }) => id)).toEqual([1, 2])
      await expect(attempt(log, statement)).rejects.toThrow('audit_log is append-only')
      expect(await log.app.ctx.db.select().from(auditLog)).toEqual(before)
      expect(names(await log.list({ q: 'ann' }))).toBe('ann')
    })
  }

  test('a deletion when the cutoff of the retention lies before the row, and takes one when it lies after it', async () => {
    await using log = await openTwo()
    const cutoff = (day: string) =>
      engine === 'postgres' ? `timestamptz '${day}T00:00:00Z'` : String(Date.parse(`${day}T00:00:00Z`))
    await attempt(log, `insert into ${RETENTION} (id, cutoff) values (1, ${cutoff('2026-03-01')})`)
    await expect(attempt(log, `delete from ${LOG} where id = 1`)).rejects.toThrow('append-only')
    await attempt(log, `update ${RETENTION} set cutoff = ${cutoff('2026-03-02')}`)
    await attempt(log, `delete from ${LOG} where id = 1`)
    await attempt(log, `update ${RETENTION} set cutoff = null`)
    await expect(attempt(log, `delete from ${LOG} where id = 2`)).rejects.toThrow('append-only')
    expect(names(await log.list())).toBe('ben')
    expect(names(await log.list({ q: 'viewer' }))).toBe('ben')
  })
})

describe('the database takes', () => {
  test('new rows, with ids of their own', async () => {
    await using log = await openTwo()
    await note(log, log.admin, ['cyd@x.test'], () => Date.UTC(2026, 2, 2))
    expect(names(await log.list())).toBe('cyd ben ann')
  })

  test('the end of an org, with its rows and their words, and leaves those of others', async () => {
    await using log = await openTwo()
    const { app } = log
    const { orgId } = await makeOrg(app.ctx)
    const other = await makePerson(app, orgId)
    await note(log, other, ['zoe@x.test'])
    await app.ctx.db.delete(orgs).where(eq(orgs.id, orgId))
    expect(await app.ctx.db.$count(auditLog, eq(auditLog.orgId, orgId))).toBe(0)
    expect(names(await log.list({ q: 'viewer' }))).toBe('ben ann')
    if (engine === 'sqlite') {
      const [words] = await app.ctx.db.inspect('select count(*) as count from audit_words')
      expect(words?.count).toBe(await app.ctx.db.$count(auditLog))
    }
  })
})
