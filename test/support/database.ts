import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { engine, scopes } from '#db/columns.ts'
import { type Database, type OpenOptions, openDatabase } from '#db/database.ts'
import { migrate } from '#db/migrate.ts'
import { pathOf } from '#db/sqlite.ts'
import { migrations } from '#migrations/index.ts'
import { EMPTY, makePostgres } from './postgres-place.ts'

export type TestDatabase = AsyncDisposable &
  Readonly<{
    db: Database
    /** Opens the same database again, as a second node would. */
    url: string
    /** Empties every table and starts its ids at 1 again. */
    reset(): Promise<void>
  }>

export type Place = Readonly<{ url: string; remove(): Promise<void> }>

const POOL_MAX = 5

/** The bytes of a migrated file: copying them is faster than migrating again. */
let fileTemplate: Promise<Uint8Array> | undefined

/** A fresh, migrated database on the engine of this lane: what `DATABASE_URL` says, else SQLite. Gone when disposed. */
export async function openTestDatabase(options: Omit<OpenOptions, 'url'> = {}): Promise<TestDatabase> {
  const place = engine === 'postgres' ? await makePostgres(true) : await makeSqlite(true)
  const db = await openDatabase({ poolMax: POOL_MAX, ...options, url: place.url })
  return {
    db,
    url: place.url,
    reset: () => empty(db),
    async [Symbol.asyncDispose]() {
      await db[Symbol.asyncDispose]()
      await place.remove()
    },
  }
}

/** The address of a database without any table, on the engine of this lane. Gone when disposed. */
export async function makeEmptyDatabase(): Promise<AsyncDisposable & { url: string }> {
  const place = engine === 'postgres' ? await makePostgres(false) : await makeSqlite(false)
  return { url: place.url, [Symbol.asyncDispose]: place.remove }
}

async function makeSqlite(isMigrated: boolean): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'honeyframe-test-'))
  const path = join(folder, 'test.db')
  if (isMigrated) {
    fileTemplate ??= makeTemplateFile()
    await Bun.write(path, await fileTemplate)
  }
  return { url: `sqlite:${path}`, remove: () => rm(folder, { recursive: true, force: true }) }
}

async function makeTemplateFile(): Promise<Uint8Array> {
  const place = await makeSqlite(false)
  const db = await openDatabase({ url: place.url })
  await migrate(db, migrations)
  await db[Symbol.asyncDispose]()
  const bytes = await Bun.file(pathOf(place.url)).bytes()
  await place.remove()
  return bytes
}

async function empty(db: Database): Promise<void> {
  if (db.engine === 'postgres') return await db.migration(async (run) => void (await run(EMPTY)))
  await import('#platform/tables.ts')
  await db.migration(async (run) => {
    // The audit log refuses to lose lines that are younger than this.
    await run(`insert or replace into audit_retention (id, cutoff) values (1, ${'9'.repeat(15)})`)
    await run('delete from audit_log')
    for (const { name } of scopes()) await run(`delete from ${name}`)
    await run('delete from sqlite_sequence')
  })
}
