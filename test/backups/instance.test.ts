import { expect, test } from 'bun:test'
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '#lib/clock.ts'
import { exportInstance } from '#platform/backups/instance-export.ts'
import { importInstance } from '#platform/backups/instance-import.ts'
import { makeOrg, makePerson, startTestApp, type TestApp } from '#test/support/app.ts'
import { makeEmptyDatabase } from '#test/support/database.ts'
import { addEvents, contentOf } from './content.ts'

test('a backup of the install holds every row and file, and fills an empty install with them', async () => {
  await using app = await startTestApp()
  await live(app)
  await using target = await makeEmptyDatabase()
  await using folder = await emptyFolder()
  const file = join(folder.path, 'all.tar.gz')
  const made = await exportInstance(app.config, systemClock, { file })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const there = { databaseUrl: target.url, dataDir: join(folder.path, 'data') }
  await mkdir(there.dataDir)
  const imported = await importInstance(there, file)
  expect(imported).toEqual(made.manifest.tables.map(({ name, rows, sha256 }) => ({ name, rows, sha256 })))
  expect(imported.find(({ name }) => name === 'usage_events')?.rows).toBe(2_000)
  expect(await Bun.file(join(there.dataDir, 'orgs/1/a/b.txt')).text()).toBe('of acme')
  expect(await readdir(there.dataDir)).toEqual(['orgs'])

  const again = await exportInstance(there, systemClock, { file: join(folder.path, 'again.tar.gz') })
  expect(again.manifest.tables).toEqual(made.manifest.tables)
  expect(again.manifest.files).toEqual(made.manifest.files)
})

test('ids that were used before are not used again after a restore', async () => {
  await using app = await startTestApp()
  await live(app)
  const gone = await makeOrg(app.ctx, 'gone')
  const { orgs } = await import('#core/tenancy/tables.ts')
  const { eq } = await import('drizzle-orm')
  await app.ctx.db.delete(orgs).where(eq(orgs.id, gone.orgId))
  await using target = await makeEmptyDatabase()
  await using folder = await emptyFolder()
  const file = join(folder.path, 'all.tar.gz')
  await exportInstance(app.config, systemClock, { file })
  await importInstance({ databaseUrl: target.url, dataDir: folder.path }, file)
  const { openDatabase } = await import('#db/database.ts')
  await using db = await openDatabase({ url: target.url })
  const fresh = await db.transaction(async (tx) => {
    const rows = await tx.insert(orgs).values({ slug: 'new', name: 'New', createdAt: systemClock.now() }).returning()
    return rows[0]?.id
  })
  expect(fresh).toBe(gone.orgId + 1)
})

test('the secret that opens the vault is in no backup of the install', async () => {
  await using app = await startTestApp()
  await live(app)
  await using folder = await emptyFolder()
  const file = join(folder.path, 'all.tar.gz')
  await exportInstance(app.config, systemClock, { file })
  const content = JSON.stringify(await contentOf(file))
  expect(content).toContain('$argon2id$')
  expect(content).not.toContain(app.secrets.jwtSecret)
})

test('a database with a row in it is not restored into, and stays as it is', async () => {
  await using app = await startTestApp()
  await live(app)
  await using other = await startTestApp()
  await makeOrg(other.ctx, 'settled')
  await using folder = await emptyFolder()
  const file = join(folder.path, 'all.tar.gz')
  await exportInstance(app.config, systemClock, { file })
  const there = { databaseUrl: other.config.databaseUrl, dataDir: folder.path }
  await expect(importInstance(there, file)).rejects.toMatchObject({ code: 'database_not_empty' })
  const { orgs } = await import('#core/tenancy/tables.ts')
  expect((await other.ctx.db.select().from(orgs)).map(({ slug }) => slug)).toEqual(['settled'])
  expect(await readdir(folder.path)).toEqual(['all.tar.gz'])
})

test('a damaged backup leaves the empty install empty, and the whole one still fills it', async () => {
  await using app = await startTestApp()
  await live(app)
  await using target = await makeEmptyDatabase()
  await using folder = await emptyFolder()
  const file = join(folder.path, 'all.tar.gz')
  await exportInstance(app.config, systemClock, { file })
  const bytes = await Bun.file(file).bytes()
  await writeFile(join(folder.path, 'cut.tar.gz'), bytes.subarray(0, bytes.length - 200))
  const there = { databaseUrl: target.url, dataDir: join(folder.path, 'data') }
  await mkdir(there.dataDir)
  const cut = importInstance(there, join(folder.path, 'cut.tar.gz'))
  await expect(cut).rejects.toMatchObject({ code: 'archive_invalid' })
  expect(await readdir(there.dataDir)).toEqual([])
  await importInstance(there, Bun.file(file).stream())
})

test('a backup of one organization does not pass for one of the install', async () => {
  const { exportOrg } = await import('#platform/backups/export.ts')
  await using app = await startTestApp()
  await live(app)
  await using target = await makeEmptyDatabase()
  await using folder = await emptyFolder()
  const file = join(folder.path, 'one.tar.gz')
  await exportOrg(app.ctx, { orgId: 1 }, { file })
  const there = { databaseUrl: target.url, dataDir: folder.path }
  await expect(importInstance(there, file)).rejects.toMatchObject({ code: 'not_of_instance' })
})

async function live(app: TestApp): Promise<void> {
  const { orgId } = await makeOrg(app.ctx, 'acme')
  await makePerson(app, orgId, 'admin', 'ada@example.com')
  await addEvents(app.database.url, orgId, 2_000)
  const folder = join(app.config.dataDir, 'orgs', String(orgId), 'a')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'b.txt'), 'of acme')
  await app.ctx.db.transaction((tx) => app.ctx.jobs.enqueue(tx, { kind: 'note', payload: { a: '\u{1f41d}' }, orgId }))
}

async function emptyFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'honeyframe-instance-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
