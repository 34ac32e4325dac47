import { rm, stat } from 'node:fs/promises'
import { AppError } from '#core/errors.ts'
import { type BulkReader, loadInto, readSnapshot } from '#db/bulk.ts'
import { openDatabase } from '#db/database.ts'
import { engineOf } from '#db/engine.ts'
import { isMigrated, type Migration, migrate, migrationStatus } from '#db/migrate.ts'
import { pathOf } from '#db/sqlite.ts'
import { migrations } from '#migrations/index.ts'

/** A database with the tables of one version and without a row. */
export type EmptyTarget = Readonly<{
  url: string
  /** Brings it from the backup's version to this one. */
  finish(): Promise<void>
  /** Leaves nothing of what was made for this target. */
  undo(): Promise<void>
}>

/**
 * Brings a database that holds nothing to the version whose last migration is `schema`. Throws `database_not_empty` (conflict)
 * before it has changed anything when one of `tables` has a row, or the database is of a later version; `database_unreachable`
 * (upstream); and what `migrate` throws.
 */
export async function prepareTarget(url: string, schema: string, tables: readonly string[]): Promise<EmptyTarget> {
  const isNew = await isUntouched(url)
  const steps = migrations.slice(0, migrations.findIndex(({ name }) => name === schema) + 1)
  const undo = async () => (isNew ? await remove(url) : undefined)
  try {
    if (!isNew) await assertUnused(url, steps.length)
    await migrateTo(url, steps)
    await readSnapshot(url, (reader) => assertEmpty(reader, tables))
    return { url, undo, finish: () => migrateTo(url, migrations) }
  } catch (error) {
    // What another process has written meanwhile stays.
    if (!(error instanceof AppError && error.code === 'database_not_empty')) await undo()
    throw error
  }
}

/** Whether a database has the tables of the version whose last migration is `schema`, or those of a later one. */
export async function hasTablesOf(url: string, schema: string): Promise<boolean> {
  if (await isUntouched(url)) return false
  await using db = await openDatabase({ url, isReadOnly: true, poolMax: 1 })
  return (await migrationStatus(db, migrations)).some(
    ({ name, appliedAt }) => name === schema && appliedAt !== undefined,
  )
}

async function migrateTo(url: string, steps: readonly Migration[]): Promise<void> {
  await using db = await openDatabase({ url, poolMax: 1 })
  await migrate(db, steps)
}

/** Whether nobody has made anything there yet. */
async function isUntouched(url: string): Promise<boolean> {
  if (engineOf(url) === 'sqlite') {
    const found = await stat(pathOf(url)).catch(() => undefined)
    return found === undefined
  }
  await using db = await openDatabase({ url, poolMax: 1 })
  const [row] = await db.inspect(`select to_regnamespace('honeyframe') is null as is_new`)
  return row?.is_new === true
}

/** Before the tables that are still missing are made. */
async function assertUnused(url: string, stepsMax: number): Promise<void> {
  await using db = await openDatabase({ url, poolMax: 1 })
  if (!(await isMigrated(db))) return
  const applied = (await migrationStatus(db, migrations)).filter(({ appliedAt }) => appliedAt !== undefined)
  if (applied.length > stepsMax) throw notEmpty('it is of a later version than the backup')
  if (applied.length > 0) await readSnapshot(url, (reader) => assertEmpty(reader, ['users', 'orgs']))
}

/** Throws `database_not_empty` (conflict). */
export async function assertEmpty(reader: BulkReader, tables: readonly string[]): Promise<void> {
  for (const name of tables) {
    const rows = await reader.rows(`select 1 as found from ${name} limit 1`)
    if (rows.length > 0) throw notEmpty(`there are rows in ${name}`)
  }
}

async function remove(url: string): Promise<void> {
  if (engineOf(url) === 'postgres') {
    return await loadInto(url, (writer) => writer.run('drop schema if exists honeyframe cascade'))
  }
  for (const suffix of ['', '-wal', '-shm']) await rm(`${pathOf(url)}${suffix}`, { force: true })
}

function notEmpty(reason: string): AppError {
  const message = `The database is not empty (${reason}): name one that nothing was written to yet.`
  return new AppError('conflict', 'database_not_empty', message)
}
