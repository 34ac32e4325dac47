import { expect, test } from 'bun:test'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createContext } from '#core/context.ts'
import { findLicensedOrg } from '#core/license/licensed-org.ts'
import { makeOrg, makePerson, startTestApp } from '#test/support/app.ts'
import { documentFor, install, rowOf } from './arrange.ts'

const CHILD = join(import.meta.dir, 'children/install.ts')
const KILLS = 8

/** An install with one org and a licence for 10 days, and a child that installs others there. */
async function place() {
  const app = await startTestApp()
  const org = await makeOrg(app.ctx, 'acme')
  const admin = await makePerson(app, org.orgId)
  await install(app, admin, documentFor('acme', 10))
  const { config, database } = app
  const file = join(config.dataDir, 'license.json')

  async function start(moment: string, ...texts: string[]) {
    const paths = texts.map((_, at) => join(config.dataDir, `document-${at}`))
    await Promise.all(paths.map((path, at) => Bun.write(path, texts[at] ?? '')))
    const env = { PATH: process.env.PATH ?? '', DATABASE_URL: database.url, DATA_DIR: config.dataDir }
    const argv = [process.execPath, CHILD, moment, String(org.orgId), ...paths]
    const child = Bun.spawn(argv, { env, stdout: 'pipe', stderr: 'inherit' })
    await child.stdout.getReader().read()
    return child
  }

  /** What a process that starts now believes, and what lies on the disk. */
  async function found() {
    await using ctx = await createContext(config, app.secrets, { writeLog: () => {} })
    const licensed = await findLicensedOrg(ctx.db, org.orgId)
    const shown = licensed && (await ctx.license.resolve(licensed))
    return { days: shown?.daysRemaining, status: shown?.status, mode: (await stat(file)).mode & 0o777 }
  }

  return { app, org, file, start, found, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

for (const [moment, days, isRowNew] of [
  ['before', 10, false],
  ['between', 20, false],
  ['after', 20, true],
] as const) {
  const what = { before: 'before the file is written', between: 'between file and row', after: 'after both' }[moment]
  test(`an install killed ${what} leaves the ${days === 10 ? 'old' : 'new'} licence, whole`, async () => {
    await using at = await place()
    const { app, org, start, found } = at
    const old = await rowOf(app, org.orgId)
    const child = await start(moment, documentFor('acme', 20))
    await child.exited
    expect(child.signalCode).toBe('SIGKILL')
    expect(await found()).toEqual({ days, status: 'valid', mode: 0o600 })
    expect((await rowOf(app, org.orgId))?.sha256 !== old?.sha256).toBe(isRowNew)
    // The next one puts row and file in step again.
    const admin = await makePerson(app, org.orgId)
    expect((await install(app, admin, documentFor('acme', 30))).body).toMatchObject({ days_remaining: 30 })
    expect(await found()).toMatchObject({ days: 30 })
  }, 60_000)
}

test('an install killed anywhere leaves one of two licences, whole, and never half a file', async () => {
  await using at = await place()
  const { app, start, found, file } = at
  for (let kill = 0; kill < KILLS; kill++) {
    const child = await start('anywhere', documentFor('acme', 20), documentFor('acme', 40))
    await Bun.sleep(5 + kill * 7)
    child.kill('SIGKILL')
    await child.exited
    const { days, ...rest } = await found()
    expect(rest).toEqual({ status: 'valid', mode: 0o600 })
    expect([10, 20, 40]).toContain(days ?? 0)
  }
  const leftovers = (await readdir(app.config.dataDir)).filter((name) => name.startsWith('license.json.'))
  expect(leftovers.length).toBeLessThanOrEqual(KILLS)
  expect(await Bun.file(file).text()).toContain('signature')
}, 120_000)
