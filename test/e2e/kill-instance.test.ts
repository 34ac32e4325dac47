import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filesOf } from '#test/backups/org-life.ts'
import { copyOf, installIn, type Settled, settle } from './killable.ts'
import { isSwapping, killAt } from './moments.ts'
import { makeDatabase, rowsIn, startServer, type TargetServer, whenWaiting } from './target-server.ts'

setDefaultTimeout(120_000)

const TRIES_MAX = 5
/** What holds up a commit, for as long as somebody has this lock. */
const HOLD_COMMIT = `create function hold() returns trigger language plpgsql as
    'begin perform pg_advisory_xact_lock(1); return null; end';
  create constraint trigger hold after insert on honeyframe.orgs deferrable initially deferred
    for each row execute function hold()`

let settled: Settled
let server: TargetServer
let file = ''
beforeAll(async () => {
  ;[settled, server] = await Promise.all([settle({ isHeavy: true, events: 5_000 }), startServer()])
  file = join(settled.dataDir, 'install.tar.gz')
  const source = installIn(settled, {
    dataDir: settled.dataDir,
    url: `sqlite:${join(settled.dataDir, 'honeyframe.db')}`,
  })
  expect(await source.verb('backup', '--instance', '--out', file)).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await settled?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
})

async function emptyInstall(url?: string) {
  const dataDir = await mkdtemp(join(tmpdir(), 'hf-killed-'))
  const database = join(dataDir, 'honeyframe.db')
  return { ...installIn(settled, { dataDir, url: url ?? `sqlite:${database}` }), file: database }
}

async function expectWhole(install: Awaited<ReturnType<typeof emptyInstall>>): Promise<void> {
  expect(await install.sums()).toEqual(settled.sums)
  for (const org of [settled.acme, settled.beta]) {
    expect(await filesOf({ config: install }, org)).toEqual(await filesOf({ config: settled }, org))
  }
}

test('kill -9 while an install is restored: nothing is there, and the same command again restores it', async () => {
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    await using install = await emptyInstall()
    const restore = install.run(['restore', file, '--instance'])
    if (!(await killAt(restore, () => isSwapping(install)))) continue
    expect(await rowsIn(install.url)).toBe(0)
    expect(await filesOf({ config: install }, settled.acme)).toEqual({})
    expect(await install.verb('restore', file, '--instance')).toMatchObject({ code: 0 })
    await expectWhole(install)
    const { call } = await install.serve()
    expect(await call('GET', '/api/me')).toMatchObject({ status: 200 })
    expect((await readdir(install.dataDir)).filter((name) => name.includes('part'))).toEqual([])
    return
  }
  throw new Error('the moment was never met')
})

for (const [ending, isCommitted] of [
  ['that comes to nothing', false],
  ['that is done all the same', true],
] as const) {
  test(`kill -9 between the files of an install and a commit ${ending}: the same command again ends well`, async () => {
    await using database = await makeDatabase(server)
    const { sql } = database
    await using install = await emptyInstall(database.url)
    expect(await install.verb('migrate')).toMatchObject({ code: 0 })
    await sql.unsafe(HOLD_COMMIT)
    await using holder = await sql.reserve().then((own) => ({ own, [Symbol.asyncDispose]: async () => own.release() }))
    await holder.own`select pg_advisory_lock(1)`
    const restore = install.run(['restore', file, '--instance'])
    const pid = await whenWaiting(sql, ['advisory'])
    restore.kill('SIGKILL')
    await restore.ended()
    expect(await filesOf({ config: install }, settled.acme)).toMatchObject({ 'a/b.txt': 'of acme' })
    expect(await rowsIn(install.url)).toBe(0)
    const again = await install.verb('restore', file, '--instance')
    expect(again).toMatchObject({ code: 1, said: expect.stringContaining('Another process has the database open') })
    if (!isCommitted) await sql`select pg_terminate_backend(${pid})`
    await holder.own`select pg_advisory_unlock(1)`
    await database.whenLeft()
    await sql.unsafe('drop function hold cascade')
    expect((await rowsIn(install.url)) > 0).toBe(isCommitted)
    expect(await install.verb('restore', file, '--instance')).toMatchObject({ code: 0 })
    await expectWhole(install)
  })
}

test('an install that is not the backup’s is not taken for one that is restored already', async () => {
  await using install = await copyOf(settled)
  const { call } = await install.serve()
  expect(await call('POST', '/api/groups', { name: 'Late crew' })).toMatchObject({ status: 201 })
  const { code, said } = await install.verb('restore', file, '--instance')
  expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining('not empty') })
})
