import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { environment } from '#config/environment.ts'
import { engine, scopes } from '#db/columns.ts'
import { type Database, type OpenOptions, openDatabase } from '#db/database.ts'
import { migrate } from '#db/migrate.ts'
import { pathOf } from '#db/sqlite.ts'
import { sha256Hex } from '#lib/token.ts'
import { migrations } from '#migrations/index.ts'

export type TestDatabase = AsyncDisposable &
  Readonly<{
    db: Database
    /** Opens the same database again, as a second node would. */
    url: string
    /** Empties every table and starts its ids at 1 again. */
    reset(): Promise<void>
  }>

type Place = Readonly<{ url: string; remove(): Promise<void> }>

const POOL_MAX = 5
const TEMPLATE_LOCK = 917_235

/** The bytes of a migrated file: copying them is faster than migrating again. */
let fileTemplate: Promise<Uint8Array> | undefined
let placesMade = 0

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

async function makePostgres(isMigrated: boolean): Promise<Place> {
  const host = environment.DATABASE_URL ?? ''
  const name = `hf_${process.pid}_${++placesMade}_${sha256Hex(String(Math.random())).slice(0, 8)}`
  await asOwner(host, async (sql) => {
    const template = isMigrated ? await makeTemplate(sql, host) : 'template1'
    // Copying files passes by the write-ahead log, which is faster for a template this small.
    await sql.unsafe(`create database ${name} template ${template} strategy file_copy`)
  })
  return {
    url: withDatabase(host, name),
    remove: () => asOwner(host, async (sql) => void (await sql.unsafe(`drop database if exists ${name} with (force)`))),
  }
}

/** Migrated once for each state of the migrations, under a lock, and renamed when whole: a killed run leaves no half one. */
async function makeTemplate(sql: postgres.Sql, host: string): Promise<string> {
  const name = `hf_template_${sha256Hex(migrations.map((each) => each.postgres).join('\n')).slice(0, 12)}`
  await sql`select pg_advisory_lock(${TEMPLATE_LOCK})`
  const found = await sql`select 1 from pg_database where datname = ${name}`
  if (found.length === 0) {
    await sql.unsafe(`drop database if exists ${name}_half with (force)`)
    await sql.unsafe(`create database ${name}_half`)
    const db = await openDatabase({ url: withDatabase(host, `${name}_half`), poolMax: 1 })
    await migrate(db, migrations)
    await db[Symbol.asyncDispose]()
    await sql.unsafe(`alter database ${name}_half rename to ${name}`)
  }
  await sql`select pg_advisory_unlock(${TEMPLATE_LOCK})`
  return name
}

async function asOwner<T>(host: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(host, { max: 1, onnotice: () => {}, fetch_types: false })
  try {
    return await work(sql)
  } finally {
    await sql.end()
  }
}

function withDatabase(host: string, name: string): string {
  const url = new URL(host)
  url.pathname = `/${name}`
  return url.href
}

async function empty(db: Database): Promise<void> {
  await import('#platform/tables.ts')
  const names = scopes().map(({ name }) => name)
  await db.migration(async (run) => {
    if (db.engine === 'postgres') {
      // The audit log refuses to be emptied; a replica's session fires no triggers.
      await run('set local session_replication_role = replica')
      const list = names.map((name) => `honeyframe.${name}`).join(', ')
      await run(`truncate ${list} restart identity cascade`)
      return
    }
    await run(`insert or replace into audit_retention (id, cutoff) values (1, ${'9'.repeat(15)})`)
    await run('delete from audit_log')
    for (const name of names) await run(`delete from ${name}`)
    await run('delete from sqlite_sequence')
  })
}
