import { rm, stat } from 'node:fs/promises'
import { AppError } from '#core/errors.ts'
import { loadInto, readSnapshot } from '#db/bulk.ts'
import { openDatabase } from '#db/database.ts'
import { engineOf } from '#db/engine.ts'
import { isMigrated, migrate } from '#db/migrate.ts'
import { pathOf } from '#db/sqlite.ts'
import { migrations } from '#migrations/index.ts'
import { instanceTables } from './coverage.ts'

/** A database with every table and without a row. */
export type EmptyTarget = Readonly<{
  url: string
  /** Leaves nothing of what was made for this target. */
  undo(): Promise<void>
}>

/**
 * Brings a database that holds nothing to this version. Throws `database_not_empty` (conflict) before it has changed anything when
 * there is a single row, and what `migrate` throws.
 */
export async function prepareTarget(url: string): Promise<EmptyTarget> {
  const isNew = await isUntouched(url)
  const undo = async () => (isNew ? await remove(url) : undefined)
  try {
    await using db = await openDatabase({ url, poolMax: 1 })
    if (!isNew && (await isMigrated(db))) await assertOlderIsEmpty(url)
    await migrate(db, migrations)
    await assertEmpty(url)
    return { url, undo }
  } catch (error) {
    await undo()
    throw error
  }
}

/** Whether nobody has made anything there yet. */
async function isUntouched(url: string): Promise<boolean> {
  if (engineOf(url) === 'sqlite') {
    const found = await stat(pathOf(url)).catch(() => undefined)
    return found === undefined
  }
  return await readSnapshot(url, async (reader) => {
    const [row] = await reader.rows(`select to_regnamespace('honeyframe') is null as is_new`)
    return row?.is_new === true
  })
}

/** Before the tables of later migrations are there. */
async function assertOlderIsEmpty(url: string): Promise<void> {
  await readSnapshot(url, async (reader) => {
    const [row] = await reader.rows('select exists (select 1 from users) or exists (select 1 from orgs) as is_used')
    if (row?.is_used) throw notEmpty('users')
  })
}

async function assertEmpty(url: string): Promise<void> {
  await readSnapshot(url, async (reader) => {
    for (const { name } of instanceTables()) {
      const rows = await reader.rows(`select 1 as found from ${name} limit 1`)
      if (rows.length > 0) throw notEmpty(name)
    }
  })
}

async function remove(url: string): Promise<void> {
  if (engineOf(url) === 'postgres') {
    return await loadInto(url, (writer) => writer.run('drop schema if exists honeyframe cascade'))
  }
  for (const suffix of ['', '-wal', '-shm']) await rm(`${pathOf(url)}${suffix}`, { force: true })
}

function notEmpty(table: string): AppError {
  const message = `The database is not empty (there are rows in ${table}): name one that nothing was written to yet.`
  return new AppError('conflict', 'database_not_empty', message)
}
