import { Database as Connection } from 'bun:sqlite'
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { copyOf, type Install, letLeasesEnd, type Server, type Settled, settle } from './killable.ts'
import { isSaving, isSpooling, killAt, until } from './moments.ts'
import { ended, expectSoundRoom } from './sound-room.ts'

setDefaultTimeout(120_000)

const CUT_SHORT = 'The worker stopped in the middle of every attempt.'
/** A hole that takes seconds to read and no room: no backup is over before it can be killed. */
const HOLE_BYTES = 4 * 1024 ** 3

let settled: Settled
beforeAll(async () => {
  settled = await settle()
})
afterAll(() => settled?.[Symbol.asyncDispose]())

type Kill = (server: Server, install: Install, path: string) => Promise<void>

const MOMENTS: [name: string, kill: Kill][] = [
  ['while it is written', killWriting],
  ['when its file is in place and its row does not say so yet', killPlaced],
]

async function killWriting(server: Server, install: Install): Promise<void> {
  await withHole(install, async () => expect(await killAt(server, () => isSaving(install))).toBe(true))
}

async function killPlaced(server: Server, install: Install, path: string): Promise<void> {
  using connection = new Connection(install.file)
  connection.run('pragma busy_timeout = 10000')
  connection.run(`create trigger held before update on backups when new.state = 'complete'
    begin select raise(abort, 'held'); end`)
  expect(await killAt(server, () => isThere(path))).toBe(true)
  connection.run('drop trigger held')
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}

async function withHole({ dataDir }: Install, work: () => Promise<unknown>): Promise<void> {
  const path = join(dataDir, 'orgs', String(settled.acme), 'hole')
  await using hole = await open(path, 'w')
  await hole.truncate(HOLE_BYTES)
  try {
    await work()
  } finally {
    // Whoever reads it comes to its end at once.
    await hole.truncate(0)
    await rm(path)
  }
}

async function begin({ call }: Server) {
  const { status, body } = await call('POST', '/api/backups')
  expect({ status, body }).toMatchObject({ status: 202 })
  return { path: `/api/backups/${String(body.id)}`, name: String(body.name) }
}

for (const [name, kill] of MOMENTS) {
  test(`kill -9 of a server that makes a backup, ${name}: it is not offered, and made anew`, async () => {
    await using install = await copyOf(settled)
    const server = await install.serve()
    const asked = await begin(server)
    await kill(server, install, join(install.dataDir, '_backups/acme', asked.name))

    const next = await install.serve()
    expect((await next.call('GET', asked.path)).body).toMatchObject({ status: 'running', is_on_disk: false })
    expect((await next.call('GET', `${asked.path}/download`)).status).toBe(409)
    letLeasesEnd(install)
    expect(await ended(next, asked.path)).toMatchObject({ status: 'complete', is_on_disk: true })
    await expectSoundRoom(install)
    expect(await install.sums()).toEqual(settled.sums)
  })
}

test('a backup whose server is killed three times has failed, leaves no file, and the next one is made', async () => {
  await using install = await copyOf(settled)
  let server = await install.serve()
  const asked = await begin(server)
  for (let kills = 1; kills <= 3; kills++) {
    await killWriting(server, install)
    letLeasesEnd(install)
    server = await install.serve()
  }
  expect(await ended(server, asked.path)).toMatchObject({ status: 'failed', failure: CUT_SHORT, is_on_disk: false })
  await until(async () => (await readdir(join(install.dataDir, '_backups/acme'))).length === 1, 'an end of its file')
  const again = await begin(server)
  expect(await ended(server, again.path)).toMatchObject({ status: 'complete', is_on_disk: true })
  await expectSoundRoom(install)
})

test('kill -9 of the command that writes a backup elsewhere: there is no file, and the same command again writes it', async () => {
  await using install = await copyOf(settled)
  const folder = join(install.dataDir, 'elsewhere')
  await mkdir(folder)
  const file = join(folder, 'acme.tar.gz')
  const argv = ['backup', '--org', 'acme', '--out', file]
  await withHole(install, async () => expect(await killAt(install.run(argv), () => isSpooling(folder))).toBe(true))
  expect(await isThere(file)).toBe(false)
  expect(await install.verb(...argv)).toMatchObject({ code: 0 })
  expect(await isThere(file)).toBe(true)
})
