import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { copyOf, type Install, installIn, type Settled, settle } from './killable.ts'
import { isWritten, killAt, until, workFolders } from './moments.ts'
import {
  isComparing,
  isCopying,
  makeDatabase,
  rowsIn,
  startServer,
  type TargetServer,
  whenWaiting,
} from './target-server.ts'

setDefaultTimeout(120_000)

const TRIES_MAX = 5
const LOOK_MS = 10

let settled: Settled
let server: TargetServer
beforeAll(async () => {
  ;[settled, server] = await Promise.all([settle({ isHeavy: true, events: 20_000 }), startServer()])
})
afterAll(async () => {
  await settled?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
})

type Target = Awaited<ReturnType<typeof makeDatabase>>
type Moment = [name: string, isComplete: boolean, isSo: (install: Install, target: Target) => Promise<boolean>]

const MOVING: Moment[] = [
  ['writes its file', false, (install) => isWritten(install)],
  ['loads', false, (_, { sql }) => isCopying(sql)],
  ['compares', true, (_, { sql }) => isComparing(sql)],
]

for (const [name, isComplete, isSo] of MOVING) {
  test(`kill -9 of a move to PostgreSQL that ${name}: the source serves as before, and the move ends well when done again`, async () => {
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      await using install = await copyOf(settled)
      await using target = await makeDatabase(server)
      const move = install.run(['migrate', '--to', target.url])
      if (!(await killAt(move, () => isSo(install, target)))) continue
      await target.whenLeft()
      const before = await rowsIn(install.url)
      expect(await rowsOf(target)).toBe(isComplete ? before : 0)
      expect(await workFolders(install)).toHaveLength(1)

      const again = await install.verb('migrate', '--to', target.url, '--json')
      expect({ ...again, said: again.said.slice(0, 10) }).toEqual({ code: 0, said: '{"tables":' })
      expect([await rowsOf(target), await rowsIn(install.url)]).toEqual([before, before])
      const there = installIn(settled, { dataDir: install.dataDir, url: target.url })
      expect([await install.sums(), await there.sums()]).toEqual([settled.sums, settled.sums])
      const { call } = await install.serve()
      expect(await call('GET', '/api/me')).toMatchObject({ status: 200 })
      expect(await workFolders(install)).toEqual([])
      return
    }
    throw new Error('the moment was never met')
  })
}

/** None where nothing was made. */
async function rowsOf({ sql, url }: Target): Promise<number> {
  const [schema] = await sql`select to_regnamespace('honeyframe') is not null as is_there`
  return schema?.is_there ? await rowsIn(url) : 0
}

/** Where nobody can say that a restore is complete it stands before the end of its transaction, with all rows written. */
async function whenSwapped({ sql }: Target, id: number): Promise<AsyncDisposable> {
  const begun = () => sql`select 1 from honeyframe.restores where id = ${id} and step <> 'waiting'`
  const isBegun = async () => (await begun()).length > 0
  await until(isBegun, 'a restore', LOOK_MS)
  const own = await sql.reserve()
  await own`begin`
  await own`select 1 from honeyframe.restores where id = ${id} for update`
  const held = {
    async [Symbol.asyncDispose]() {
      await own`rollback`
      own.release()
    },
  }
  await whenWaiting(sql, ['transactionid', 'tuple'], 'update %"restores" %"finished_at"%')
  return held
}

async function leftOvers({ sql }: Target, install: Pick<Install, 'dataDir'>): Promise<unknown[]> {
  const schemas = await sql`select nspname as name from pg_namespace where nspname like 'honeyframe_scratch%'`
  return [...schemas, ...(await workFolders(install))]
}

test('kill -9 of a restore on PostgreSQL, while it loads and with all rows written: the next one restores it whole', async () => {
  await using install = await copyOf(settled)
  await using target = await makeDatabase(server)
  const { sql } = target
  expect(await install.verb('migrate', '--to', target.url)).toMatchObject({ code: 0 })
  await sql`delete from honeyframe.usage_events where org_id = ${settled.acme}`
  await sql`update honeyframe.orgs set name = 'Spoilt' where id = ${settled.acme}`
  await sql`alter table honeyframe.usage_events set (autovacuum_enabled = off)`
  const there = installIn(settled, { dataDir: install.dataDir, url: target.url })
  const spoilt = await there.sums()
  expect(spoilt.acme).not.toEqual(settled.sums.acme)
  const file = join(install.dataDir, '_backups/acme', settled.backup.name)
  const argv = ['restore', file, '--org', 'acme', '--confirm', 'RESTORE acme']

  const loading = there.run(argv)
  expect(await killAt(loading, () => isCopying(sql))).toBe(true)
  await expectUntouched()
  const swapping = there.run(argv)
  await using held = await whenSwapped(target, 2)
  swapping.kill('SIGKILL')
  await swapping.ended()
  await held[Symbol.asyncDispose]()
  await expectUntouched()

  expect(await there.verb(...argv)).toMatchObject({ code: 0 })
  expect(await there.sums()).toEqual(settled.sums)
  expect(await leftOvers(target, install)).toEqual([])
  const states = await sql`select state from honeyframe.restores order by id`
  expect(states.map(({ state }) => state)).toEqual(['failed', 'failed', 'complete'])

  async function expectUntouched() {
    await target.whenLeft()
    expect(await there.sums()).toEqual(spoilt)
    expect(await leftOvers(target, install)).not.toEqual([])
    await sql`update honeyframe.jobs set locked_until = now() where state = 'running'`
  }
})
