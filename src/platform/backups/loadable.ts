import { AppError } from '#core/errors.ts'
import type { BulkTable } from '#db/bulk.ts'
import { scopes } from '#db/columns.ts'
import { shapeOf, type TableShape } from '#db/table-shape.ts'
import { archiveInvalid } from '#lib/tar-header.ts'
import { migrations } from '#migrations/index.ts'
import { type CoveredTable, coverageOf } from './coverage.ts'
import type { ManifestTable, OrgManifest } from './manifest.ts'

/** A table of a backup as it is loaded: with the columns that the backup has, in their order there. */
export type LoadableTable = Readonly<{ bulk: BulkTable; policy: CoveredTable['backup']; shape: TableShape }> &
  Pick<ManifestTable, 'rows' | 'bytes'>

/**
 * The tables of a backup that this program knows, a parent before its children. A backup of an older schema may lack what has a
 * default or may be empty. Errors: `backup_older` (conflict) when it lacks more or has what is gone since, `archive_invalid` (invalid)
 * when it is of this schema and does not fit it.
 */
export function loadableTables(manifest: OrgManifest): LoadableTable[] {
  const isOlder = manifest.schema !== migrations.at(-1)?.name
  const covered = coverageOf(manifest.org.id)
  const unknown = manifest.tables.find(({ name }) => !covered.some((table) => table.name === name))
  if (unknown) throw misfit(isOlder, unknown.name)
  return covered.flatMap((table) => {
    const found = manifest.tables.find(({ name }) => name === table.name)
    if (found) return [loadableTable(table, found, isOlder)]
    if (!isOlder) throw misfit(isOlder, table.name)
    return []
  })
}

function loadableTable(table: CoveredTable, found: ManifestTable, isOlder: boolean): LoadableTable {
  const shape = shapeNamed(table.name)
  const columns = found.columns.map((name) => table.columns.find((column) => column.name === name))
  const known = columns.filter((column) => column !== undefined)
  const lacking = table.columns.filter(({ name }) => !found.columns.includes(name))
  const isWhole = lacking.every(({ name }) => {
    const column = shape.columns.find((one) => one.name === name)
    return isOlder && column !== undefined && (!column.isRequired || column.hasDefault)
  })
  if (known.length < columns.length || !isWhole) throw misfit(isOlder, table.name)
  return {
    bulk: { name: table.name, key: table.key, columns: known },
    policy: table.backup,
    shape,
    rows: found.rows,
    bytes: found.bytes,
  }
}

export function shapeNamed(table: string): TableShape {
  const found = scopes().find(({ name }) => name === table)
  if (!found) throw new Error(`no table is named ${table}`)
  return shapeOf(found.table)
}

function misfit(isOlder: boolean, table: string): AppError {
  if (!isOlder) return archiveInvalid(`${table} is not as this version writes it`)
  const words = `The backup was made by an older Honeyframe, and its ${table} cannot be read any more: restore it with a version of its time.`
  return new AppError('conflict', 'backup_older', words)
}
