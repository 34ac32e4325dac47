import { AppError } from '#core/errors.ts'
import type { Log } from '#lib/log.ts'
import { sha256Hex } from '#lib/token.ts'
import type { Database, MigrationRun } from './database.ts'

/** One step of the schema, as SQL for each engine; statements are parted by drizzle-kit's breakpoint. */
export type Migration = Readonly<{ name: string; sqlite: string; postgres: string }>

export type MigrationState = Readonly<{
  name: string
  /** ISO 8601, UTC; undefined while the migration is still to be applied. */
  appliedAt: string | undefined
}>

type Applied = Readonly<{ name: string; checksum: string; appliedAt: string }>

const BREAKPOINT = '--> statement-breakpoint'
const COMMENT_LINES = /^--.*$/gm

/** The words that differ between the engines: the list of applied migrations, and how it is found and read. */
const WORDS = {
  sqlite: {
    exists: `select name from sqlite_master where name = 'applied_migrations'`,
    create: `create table if not exists applied_migrations
      (name text primary key not null, checksum text not null, applied_at text not null default current_timestamp)`,
    list: `select name, checksum, strftime('%Y-%m-%dT%H:%M:%SZ', applied_at) as at from applied_migrations order by name`,
    add: 'insert into applied_migrations (name, checksum) values (?, ?)',
  },
  postgres: {
    exists: `select 1 as name where to_regclass('honeyframe.applied_migrations') is not null`,
    create: `create table if not exists honeyframe.applied_migrations
      (name text primary key, checksum text not null, applied_at timestamptz not null default current_timestamp)`,
    list: `select name, checksum, to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at
      from honeyframe.applied_migrations order by name collate "C"`,
    add: 'insert into honeyframe.applied_migrations (name, checksum) values ($1, $2)',
  },
} as const

/**
 * Applies what is still to be applied, each migration in one transaction under a lock of the whole database, so nodes
 * that start together apply each one once. Answers the names it applied (with `dryRun`, those it would apply).
 * Throws `AppError('conflict', …)` before anything is written: `database_newer`, `migration_changed` or `migration_missing`; and
 * `AppError('internal', 'migration_failed')`, after which the database stands where the migration before left it.
 */
export async function migrate(
  db: Database,
  migrations: readonly Migration[],
  options: { log?: Log; dryRun?: boolean } = {},
): Promise<string[]> {
  const pending = (await migrationStatus(db, migrations)).filter(({ appliedAt }) => appliedAt === undefined)
  if (options.dryRun) return pending.map(({ name }) => name)
  const names: string[] = []
  for (let left = pending.length; left > 0; left--) {
    const name = await applyNext(db, migrations)
    if (name === undefined) break
    options.log?.info('migration applied', { migration: name })
    names.push(name)
  }
  return names
}

/** Every migration this program knows, in order, and when this database took it. Writes nothing. Throws as `migrate`. */
export async function migrationStatus(db: Database, migrations: readonly Migration[]): Promise<MigrationState[]> {
  const applied = (await isMigrated(db)) ? await listApplied(db, db.inspect) : []
  assertSameHistory(db, migrations, applied)
  return migrations.map(({ name }, place) => ({ name, appliedAt: applied[place]?.appliedAt }))
}

/** Whether a migration was ever applied. Writes nothing, and takes no offence at one that is unknown here. */
export async function isMigrated(db: Database): Promise<boolean> {
  return (await db.inspect(WORDS[db.engine].exists)).length > 0
}

/** The statements of a migration for one engine, in order. */
export function statementsOf(migration: Migration, engine: Database['engine']): string[] {
  return migration[engine]
    .split(BREAKPOINT)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(COMMENT_LINES, '').trim() !== '')
}

/** Applies the first migration that is missing and answers its name; undefined when another node applied them all. */
async function applyNext(db: Database, migrations: readonly Migration[]): Promise<string | undefined> {
  let next: Migration | undefined
  try {
    return await db.migration(async (run) => {
      // Reads the list again under the lock: another node may have been here since.
      await run(WORDS[db.engine].create)
      const applied = await listApplied(db, run)
      assertSameHistory(db, migrations, applied)
      next = migrations[applied.length]
      if (!next) return undefined
      for (const statement of statementsOf(next, db.engine)) await run(statement)
      await run(WORDS[db.engine].add, [next.name, checksumOf(next, db)])
      return next.name
    })
  } catch (error) {
    throw next && !(error instanceof AppError) ? failed(next, error) : error
  }
}

function failed(migration: Migration, error: unknown): AppError {
  const reason = error instanceof Error ? error.message : String(error)
  const message = `Migration ${migration.name} failed, and nothing of it was kept: ${reason}.`
  return new AppError('internal', 'migration_failed', message, { migration: migration.name })
}

async function listApplied(db: Database, run: MigrationRun): Promise<Applied[]> {
  const rows = await run(WORDS[db.engine].list)
  return rows.map((row) => ({ name: String(row.name), checksum: String(row.checksum), appliedAt: String(row.at) }))
}

function checksumOf(migration: Migration, db: Database): string {
  return sha256Hex(migration[db.engine])
}

/** What was applied must be the beginning of what this program knows, word for word. */
function assertSameHistory(db: Database, migrations: readonly Migration[], applied: readonly Applied[]): void {
  const stranger = applied.find(({ name }) => !migrations.some((known) => known.name === name))
  if (stranger) {
    const message = `The database was migrated by a newer Honeyframe (${stranger.name}): start that version or a later one.`
    throw new AppError('conflict', 'database_newer', message)
  }
  for (const [place, { name, checksum }] of applied.entries()) {
    const expected = migrations[place]
    if (expected?.name !== name) {
      const message = `The database took ${name} but never ${expected?.name}: restore a backup or the matching version.`
      throw new AppError('conflict', 'migration_missing', message)
    }
    if (checksumOf(expected, db) !== checksum) {
      const message = `Migration ${name} differs from the one this database took: start an unchanged build.`
      throw new AppError('conflict', 'migration_changed', message)
    }
  }
}
