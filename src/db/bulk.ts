import type { BulkTable } from './bulk-table.ts'
import { type Engine, engineOf } from './engine.ts'

export { type BulkColumn, type BulkTable, bulkTable } from './bulk-table.ts'

type Row = Readonly<Record<string, unknown>>

/** One transaction on a connection of its own. It speaks either engine's SQL, whatever the process was declared for. */
export type BulkReader = Readonly<{
  engine: Engine
  /**
   * The rows of a table as PostgreSQL's `COPY` writes CSV, in the order of the primary key (of texts: of their bytes). Values have
   * one form on both engines: whole numbers, `true` and `false`, RFC 3339 in UTC with milliseconds, JSON without spaces and with
   * sorted keys. `filter` is the SQL of a condition. Comes in pieces of a few milliseconds of work; `onRows` is told how many rows
   * each has, just before it.
   */
  exportRows(table: BulkTable, filter?: string, onRows?: (rows: number) => void): AsyncIterable<Uint8Array>
  /** How many rows `exportRows` will have, in as small steps. */
  countRows(table: BulkTable, filter?: string): Promise<number>
  rows(sql: string): Promise<Row[]>
}>

export type BulkWriter = BulkReader &
  Readonly<{
    /**
     * Adds rows in the form of `exportRows`, and answers how many. `into` is the table's name where it has another one there.
     * Throws `archive_invalid` (invalid) for what is no such form.
     */
    importRows(table: BulkTable, source: AsyncIterable<Uint8Array>, into?: string): Promise<number>
    run(sql: string): Promise<void>
  }>

/**
 * Runs `work` on one snapshot of a whole database, which others go on writing to. Where `isAlone`, no other
 * Honeyframe may have it open, else it throws `AppError('conflict', 'database_in_use')`; SQLite lets none open it until the end.
 */
export async function readSnapshot<T>(
  url: string,
  work: (reader: BulkReader) => Promise<T>,
  options: { isAlone?: boolean } = {},
): Promise<T> {
  if (engineOf(url) === 'sqlite') return await (await import('./bulk-sqlite.ts')).readSnapshot(url, work, options)
  return await (await import('./bulk-postgres.ts')).readSnapshot(url, work, options)
}

/**
 * Runs `work` in one transaction that is committed when it resolves, and of which nothing stays when it rejects. References
 * between tables are not checked on SQLite. Not for a SQLite file that somebody else writes to: they would wait for the end.
 * Throws `AppError('conflict', 'database_in_use')` when another process does the same.
 */
export async function loadInto<T>(url: string, work: (writer: BulkWriter) => Promise<T>): Promise<T> {
  if (engineOf(url) === 'sqlite') return await (await import('./bulk-sqlite.ts')).loadInto(url, work)
  return await (await import('./bulk-postgres.ts')).loadInto(url, work)
}
