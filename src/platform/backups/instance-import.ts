import type { Config } from '#config/config.ts'
import { AppError } from '#core/errors.ts'
import { type BulkTable, type BulkWriter, loadInto, readSnapshot } from '#db/bulk.ts'
import { writeLastId } from '#db/last-ids.ts'
import { archiveInvalid } from '#lib/tar-header.ts'
import { instanceTables } from './coverage.ts'
import { assertEmpty, hasTablesOf, prepareTarget } from './empty-target.ts'
import { areFilesThere, receiveFiles } from './instance-files.ts'
import type { Manifest, ManifestTable } from './manifest.ts'
import { type OpenBackup, openBackup } from './reading.ts'
import { tableSum } from './table-sum.ts'

type Place = Pick<Config, 'databaseUrl' | 'dataDir'>

export type ImportedTable = Readonly<{ name: string; rows: number; sha256: string }>

/**
 * The operator. Restores a backup of a whole install into the empty database and the empty `DATA_DIR/orgs` of `config`, and
 * answers each table as the database now exports it, which is what the backup says of it. All or nothing: after a failure the
 * database is as empty as before. Done again when all is there, it changes nothing. Errors: `not_of_instance` (contradiction),
 * `database_not_empty` and `files_not_empty` (conflict), and those of `openBackup`.
 */
export async function importInstance(
  config: Place,
  source: AsyncIterable<Uint8Array> | string,
): Promise<ImportedTable[]> {
  await using backup = await openBackup(source)
  if (backup.manifest.kind !== 'instance') {
    const message = 'This is a backup of one organization: restore it with --org.'
    throw new AppError('contradiction', 'not_of_instance', message)
  }
  const { schema, tables } = backup.manifest
  for (const table of tables) knownTable(table)
  if (await isLoaded(config, backup.manifest)) return tables.map(factsOf)
  await using files = await receiveFiles(config.dataDir, backup.manifest.files)
  const names = tables.map(({ name }) => name)
  const target = await prepareTarget(config.databaseUrl, schema, names)
  // What another process has loaded meanwhile is not ours to undo.
  let isOurs = false
  try {
    const imported = await loadInto(target.url, async (writer) => {
      await assertEmpty(writer, names)
      isOurs = true
      await load(writer, backup, files.add)
      const compared = await compareAll(writer, tables)
      await files.place()
      return compared
    })
    await target.finish()
    return imported
  } catch (error) {
    await files.takeBack()
    if (isOurs) await target.undo()
    throw error
  }
}

async function load(
  writer: BulkWriter,
  { entries }: OpenBackup,
  addFile: (path: string, content: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  for await (const entry of entries) {
    if (entry.kind === 'file') {
      await addFile(entry.file.path, entry.content)
      continue
    }
    const { table } = entry
    const rows = await writer.importRows(knownTable(table), entry.content)
    if (rows !== table.rows) throw archiveInvalid(`${table.name} has ${rows} rows and not ${table.rows}`)
    if (table.last_id !== undefined) await writeLastId(writer, table.name, table.last_id)
  }
}

/**
 * Whether all that the backup has is there already, to the last row: a restore that was killed right after its commit told nobody.
 * The first difference ends the look, so that it is short where something else is there.
 */
async function isLoaded({ databaseUrl: url, dataDir }: Place, { schema, tables, files }: Manifest): Promise<boolean> {
  if (!(await hasTablesOf(url, schema)) || !(await areFilesThere(dataDir, files))) return false
  return await readSnapshot(url, async (reader) => {
    for (const table of tables) {
      const { rows, sha256 } = await tableSum(reader, knownTable(table))
      if (rows !== table.rows || sha256 !== table.sha256) return false
    }
    return true
  })
}

/** What the target would export now, against what the backup says. */
async function compareAll(writer: BulkWriter, tables: readonly ManifestTable[]): Promise<ImportedTable[]> {
  const imported: ImportedTable[] = []
  if (writer.engine === 'postgres') await writer.run(`analyze ${tables.map(({ name }) => name).join(', ')}`)
  for (const table of tables) {
    const { rows, sha256 } = await tableSum(writer, knownTable(table))
    if (rows !== table.rows || sha256 !== table.sha256) {
      throw new AppError('internal', 'restore_differs', `${table.name} is not in the database as it is in the backup.`)
    }
    imported.push(factsOf(table))
  }
  const broken = writer.engine === 'sqlite' ? await writer.rows('pragma foreign_key_check') : []
  if (broken.length > 0) throw archiveInvalid(`rows of ${String(broken[0]?.table)} would point at nothing`)
  return imported
}

function factsOf({ name, rows, sha256 }: ManifestTable): ImportedTable {
  return { name, rows, sha256 }
}

/** A table of the backup as this program knows it, with the columns the backup has. */
function knownTable({ name, columns }: ManifestTable): BulkTable {
  const known = instanceTables().find((table) => table.name === name)
  const found = columns.flatMap((column) => known?.columns.find((one) => one.name === column) ?? [])
  if (!known || found.length < columns.length) throw archiveInvalid(`it holds ${name}, which is unknown here`)
  return { ...known, columns: found }
}
