import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { filesOf } from '#test/backups/org-life.ts'
import { PASSWORD } from '#test/support/app.ts'
import { copyOf, type Install, letLeasesEnd, rowsOf, type Server, type Settled, settle } from './killable.ts'
import { isLoading, isSaving, isSwapping, killAt, type Moment, workFolders } from './moments.ts'
import { ended, expectSoundRoom } from './sound-room.ts'

setDefaultTimeout(120_000)

const CUT_SHORT = 'The worker stopped in the middle of every attempt.'
const BUSY = 'honeyframe: A backup is being restored. Wait until it ends. (restore_running)\n'
const TRIES_MAX = 5

let settled: Settled
beforeAll(async () => {
  settled = await settle({ isSpoilt: true })
})
afterAll(() => settled?.[Symbol.asyncDispose]())

const MOMENTS: [name: string, moment: Moment][] = [
  ['saves what there is', isSaving],
  ['loads', isLoading],
  ['swaps', isSwapping],
]

/** An install whose restore was killed at that moment. One that was over between two looks is begun anew. */
async function killedAt(moment: Moment, begin: (install: Install) => Promise<Parameters<typeof killAt>[0]>) {
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    await using stack = new AsyncDisposableStack()
    const install = stack.use(await copyOf(settled))
    if (!(await killAt(await begin(install), () => moment(install)))) continue
    const kept = stack.move()
    return { ...install, [Symbol.asyncDispose]: () => kept.disposeAsync() }
  }
  throw new Error('the moment was never met')
}

function restoring({ dataDir }: Pick<Install, 'dataDir'>): string[] {
  const file = join(dataDir, '_backups/acme', settled.backup.name)
  return ['restore', file, '--org', 'acme', '--confirm', 'RESTORE acme']
}

function restoresOf(install: Install) {
  return rowsOf(install, 'select state, step, error from restores order by id')
}

async function expectUntouched(install: Install): Promise<void> {
  expect(settled.sums.acme).not.toEqual(settled.backup.sums)
  expect(await install.sums()).toEqual(settled.sums)
  expect(await filesOf({ config: install }, settled.acme)).toMatchObject({ 'a/b.txt': 'spoilt', more: 'x' })
}

async function expectRestored(install: Install): Promise<void> {
  expect(await install.sums()).toEqual({ ...settled.sums, acme: settled.backup.sums })
  expect(await filesOf({ config: install }, settled.acme)).toMatchObject({ 'a/b.txt': 'of acme' })
  expect(await workFolders(install)).toEqual([])
  await expectSoundRoom(install)
}

for (const [name, moment] of MOMENTS) {
  test(`kill -9 while the command ${name}: nothing has changed, and the next one restores it whole`, async () => {
    await using install = await killedAt(moment, async (copy) => copy.run(restoring(copy)))
    await expectUntouched(install)
    const early = await install.verb(...restoring(install))
    expect(early).toEqual({ code: 1, said: BUSY })
    letLeasesEnd(install)
    expect(await install.verb(...restoring(install))).toMatchObject({ code: 0 })
    expect(restoresOf(install)).toEqual([
      { state: 'failed', step: 'ended', error: CUT_SHORT },
      { state: 'complete', step: 'ended', error: null },
    ])
    await expectRestored(install)
  })
}

for (const [name, moment] of MOMENTS.slice(1)) {
  test(`kill -9 of a server that ${name}: nothing has changed, page and API say so, and it can be restored`, async () => {
    await using install = await killedAt(moment, async (copy) => {
      const server = await copy.serve()
      await askFor(server)
      return server
    })
    await expectUntouched(install)
    const server = await install.serve()
    expect(await workFolders(install)).toEqual([])
    expect((await server.call('GET', '/api/restores/1')).body).toMatchObject({ status: 'running' })
    letLeasesEnd(install)
    expect(await ended(server, '/api/restores/1')).toMatchObject({ status: 'failed', failure: CUT_SHORT })
    expect(await pageOf(server)).toContain(`The restore failed; nothing was changed`)
    await expectUntouched(install)
    expect((await askFor(server)).id).toBe(2)
    expect(await ended(server, '/api/restores/2')).toMatchObject({ status: 'complete', failure: null })
    await expectRestored(install)
  })
}

async function askFor({ call }: Server) {
  const { status, body } = await call('POST', `/api/backups/${settled.backup.id}/restore`, { confirm: 'RESTORE acme' })
  expect({ status, body }).toMatchObject({ status: 202 })
  return body
}

/** What ada sees of the backups. */
async function pageOf({ origin }: Server): Promise<string> {
  const body = new URLSearchParams({ username: 'ada@example.com', password: PASSWORD })
  const signedIn = await fetch(`${origin}/login`, { method: 'POST', body, redirect: 'manual', headers: { origin } })
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  return await (await fetch(`${origin}/backups`, { headers: { cookie } })).text()
}
