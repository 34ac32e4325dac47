import type { Config } from '#config/config.ts'
import { AppError } from '#core/errors.ts'
import { type BulkTable, type BulkWriter, loadInto } from '#db/bulk.ts'
import { writeLastId } from '#db/last-ids.ts'
import { archiveInvalid } from '#lib/tar-header.ts'
import { instanceTables } from './coverage.ts'
import { prepareTarget } from './empty-target.ts'
import { receiveFiles } from './instance-files.ts'
import type { ManifestTable } from './manifest.ts'
import { type OpenBackup, openBackup } from './reading.ts'
import { tableSum } from './table-sum.ts'

export type ImportedTable = Readonly<{ name: string; rows: number; sha256: string }>

/**
 * The operator. Restores a backup of a whole install into the empty database and the empty `DATA_DIR/orgs` of `config`, and answers each
 * table as the database now exports it, which is what the backup says of it. All or nothing: after a failure the database is as
 * empty as before. Errors: `not_of_instance` (contradiction), `database_not_empty` and `files_not_empty` (conflict), and those of
 * `openBackup`.
 */
export async function importInstance(
  config: Pick<Config, 'databaseUrl' | 'dataDir'>,
  source: AsyncIterable<Uint8Array> | string,
): Promise<ImportedTable[]> {
  await using backup = await openBackup(source)
  if (backup.manifest.kind !== 'instance') {
    const message = 'This is a backup of one organization: restore it with --org.'
    throw new AppError('contradiction', 'not_of_instance', message)
  }
  await using files = await receiveFiles(config.dataDir, backup.manifest.files.length > 0)
  const target = await prepareTarget(config.databaseUrl)
  try {
    return await loadInto(target.url, async (writer) => {
      await load(writer, backup, files.add)
      const imported = await compareAll(writer, backup.manifest.tables)
      await files.place()
      return imported
    })
  } catch (error) {
    await files.takeBack()
    await target.undo()
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

/** What the target would export now, against what the backup says. */
async function compareAll(writer: BulkWriter, tables: readonly ManifestTable[]): Promise<ImportedTable[]> {
  const imported: ImportedTable[] = []
  if (writer.engine === 'postgres') await writer.run(`analyze ${tables.map(({ name }) => name).join(', ')}`)
  for (const table of tables) {
    const { rows, sha256 } = await tableSum(writer, knownTable(table))
    if (rows !== table.rows || sha256 !== table.sha256) {
      throw new AppError('internal', 'restore_differs', `${table.name} is not in the database as it is in the backup.`)
    }
    imported.push({ name: table.name, rows, sha256 })
  }
  const broken = writer.engine === 'sqlite' ? await writer.rows('pragma foreign_key_check') : []
  if (broken.length > 0) throw archiveInvalid(`rows of ${String(broken[0]?.table)} would point at nothing`)
  return imported
}

/** A table of the backup as this program knows it, with the columns the backup has. */
function knownTable({ name, columns }: ManifestTable): BulkTable {
  const known = instanceTables().find((table) => table.name === name)
  const found = columns.flatMap((column) => known?.columns.find((one) => one.name === column) ?? [])
  if (!known || found.length < columns.length) throw archiveInvalid(`it holds ${name}, which is unknown here`)
  return { ...known, columns: found }
}
