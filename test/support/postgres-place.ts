import postgres from 'postgres'
import { environment } from '#config/environment.ts'
import { openDatabase } from '#db/database.ts'
import { migrate } from '#db/migrate.ts'
import { sha256Hex } from '#lib/token.ts'
import { migrations } from '#migrations/index.ts'
import type { Place } from './database.ts'

const TEMPLATE_LOCK = 917_235
/** Long enough for the next test; a file that has ended keeps none. */
const OWNER_IDLE_S = 1
const TEMPLATE = `hf_template_${sha256Hex(migrations.map((each) => each.postgres).join('\n')).slice(0, 12)}`

/** What of a database is not rows. One that a test has changed in it is not used again. */
const SHAPE = `select md5(string_agg(part, ' ' order by part)) as shape from (
  select concat_ws(':', c.oid, c.relname, c.relkind) as part from pg_class c where c.relnamespace = 'honeyframe'::regnamespace
  union all select concat_ws(':', a.attrelid, a.attname, a.atttypid, a.attnotnull, a.atthasdef) from pg_attribute a
    join pg_class c on c.oid = a.attrelid where c.relnamespace = 'honeyframe'::regnamespace and a.attnum > 0
  union all select concat_ws(':', t.oid, t.tgenabled) from pg_trigger t
    join pg_class c on c.oid = t.tgrelid where c.relnamespace = 'honeyframe'::regnamespace
  union all select concat_ws(':', n.nspname) from pg_namespace n where n.nspname !~ '^pg_(toast_)?temp'
  union all select concat_ws(':', m.name, m.checksum) from honeyframe.applied_migrations m) as parts`

/** Deleting few rows is faster than the new files of a truncated table. A replica's session fires no triggers. */
export const EMPTY = `do $$ declare one record; begin
  set local session_replication_role = replica;
  for one in select c.oid::regclass::text as name, pg_relation_size(c.oid) as bytes from pg_class c
    where c.relnamespace = 'honeyframe'::regnamespace and c.relkind = 'r' and c.relname <> 'applied_migrations'
  loop
    if one.bytes > 262144 then execute 'truncate ' || one.name || ' cascade';
    elsif one.bytes > 0 then execute 'delete from ' || one.name;
    end if;
  end loop;
  perform setval(c.oid::regclass, 1, false) from pg_class c
    where c.relnamespace = 'honeyframe'::regnamespace and c.relkind = 'S';
end $$`

let owner: postgres.Sql | undefined
let placesMade = 0

/**
 * A database on the server that `DATABASE_URL` names: an empty one, or a migrated one. Of these, those that tests are done with
 * are emptied and used again, since making and dropping one takes longer than most tests.
 */
export async function makePostgres(isMigrated: boolean): Promise<Place> {
  if (!isMigrated) {
    const name = newName()
    await asOwner((sql) => sql.unsafe(`create database ${name}`))
    return { url: urlOf(name), remove: () => drop(name) }
  }
  const shape = await asOwner(makeTemplate)
  const name = (await takeIdle(shape)) ?? (await copyTemplate())
  return {
    url: urlOf(name),
    remove: () => asOwner(async (sql) => void (await sql`insert into hf_idle ${sql({ name })}`)),
  }
}

async function copyTemplate(): Promise<string> {
  const name = newName()
  // Copying files passes by the write-ahead log, which is faster for a template this small.
  await asOwner((sql) => sql.unsafe(`create database ${name} template ${TEMPLATE} strategy file_copy`))
  return name
}

/** One of those that are not used any more, emptied; whoever still is connected to it is thrown out. */
async function takeIdle(shape: string): Promise<string | undefined> {
  for (;;) {
    const name = await asOwner(async (sql) => {
      const [row] = await sql`delete from hf_idle where name =
        (select name from hf_idle limit 1 for update skip locked) returning name`
      if (row) await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${row.name}`
      return row && String(row.name)
    })
    if (name === undefined || (await isEmptied(name, shape))) return name
    await drop(name)
  }
}

async function isEmptied(name: string, shape: string): Promise<boolean> {
  const sql = connect(urlOf(name))
  try {
    const [row] = await sql.unsafe(SHAPE)
    if (row?.shape !== shape) return false
    await sql.unsafe(EMPTY)
    return true
  } catch {
    return false
  } finally {
    await sql.end()
  }
}

/**
 * Migrated once for each state of the migrations, under a lock, and renamed when whole: a killed run leaves no half one. Answers
 * its shape, which all its copies have.
 */
async function makeTemplate(sql: postgres.Sql): Promise<string> {
  const known = await sql`select shape from hf_templates where name = ${TEMPLATE}`.catch(() => [])
  if (known[0]) return String(known[0].shape)
  await sql`select pg_advisory_lock(${TEMPLATE_LOCK})`
  await sql`create table if not exists hf_idle (name text primary key)`
  await sql`create table if not exists hf_templates (name text primary key, shape text not null)`
  const [found] = await sql`select shape from hf_templates where name = ${TEMPLATE}`
  const shape = found ? String(found.shape) : await migrateTemplate(sql)
  await sql`select pg_advisory_unlock(${TEMPLATE_LOCK})`
  return shape
}

async function migrateTemplate(sql: postgres.Sql): Promise<string> {
  for (const name of [TEMPLATE, `${TEMPLATE}_half`]) await sql.unsafe(`drop database if exists ${name} with (force)`)
  await sql`delete from hf_idle`
  await sql.unsafe(`create database ${TEMPLATE}_half`)
  const db = await openDatabase({ url: urlOf(`${TEMPLATE}_half`), poolMax: 1 })
  await migrate(db, migrations)
  const [row] = await db.inspect(SHAPE)
  await db[Symbol.asyncDispose]()
  await sql.unsafe(`alter database ${TEMPLATE}_half rename to ${TEMPLATE}`)
  const shape = String(row?.shape)
  await sql`insert into hf_templates ${sql({ name: TEMPLATE, shape })}`
  return shape
}

async function drop(name: string): Promise<void> {
  await asOwner((sql) => sql.unsafe(`drop database if exists ${name} with (force)`))
}

async function asOwner<T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  owner ??= connect(environment.DATABASE_URL ?? '')
  return await work(owner)
}

function connect(url: string): postgres.Sql {
  return postgres(url, { max: 1, idle_timeout: OWNER_IDLE_S, onnotice: () => {}, fetch_types: false })
}

function newName(): string {
  return `hf_${process.pid}_${++placesMade}_${sha256Hex(String(Math.random())).slice(0, 8)}`
}

function urlOf(name: string): string {
  const url = new URL(environment.DATABASE_URL ?? '')
  url.pathname = `/${name}`
  return url.href
}
