import { Database as Connection } from 'bun:sqlite'
import { BUSY_LOADING, databaseInUse } from './alone.ts'
import type { BulkReader, BulkWriter } from './bulk.ts'
import type { BulkTable } from './bulk-table.ts'
import { spansOf, unindexed, within } from './key-spans.ts'
import { quoted } from './sql-text.ts'
import { isBusy, pathOf } from './sqlite.ts'
import { importRows } from './sqlite-import.ts'
import { linesOf } from './sqlite-lines.ts'

const BUSY_TIMEOUT_MS = 5_000
/** So few rows are found and sorted in one go, in a few milliseconds. */
const FEW_ROWS_MAX = 2_000

type Values = (string | number | null)[]
type Row = Record<string, unknown>

export async function readSnapshot<T>(
  url: string,
  work: (reader: BulkReader) => Promise<T>,
  { isAlone = false }: { isAlone?: boolean },
): Promise<T> {
  using connection = isAlone ? openAlone(pathOf(url)) : new Connection(pathOf(url), { readonly: true })
  connection.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  connection.run('BEGIN')
  // The snapshot is taken by the first read.
  connection.query('select count(*) from sqlite_master').all()
  return await work(readerOn(connection))
}

export async function loadInto<T>(url: string, work: (writer: BulkWriter) => Promise<T>): Promise<T> {
  using connection = new Connection(pathOf(url), { readwrite: true })
  for (const pragma of [`busy_timeout = ${BUSY_TIMEOUT_MS}`, 'foreign_keys = OFF', 'synchronous = NORMAL']) {
    connection.run(`PRAGMA ${pragma}`)
  }
  begin(connection)
  const result = await work(writerOn(connection))
  connection.run('COMMIT')
  return result
}

function begin(connection: Connection): void {
  try {
    connection.run('BEGIN IMMEDIATE')
  } catch (error) {
    throw isBusy(error) ? databaseInUse(BUSY_LOADING) : error
  }
}

/** On a connection that its caller opened, and closes. */
export function writerOn(connection: Connection): BulkWriter {
  return {
    ...readerOn(connection),
    importRows: (table, source, into) => importRows(connection, table, source, into ?? table.name),
    run: async (sql) => void connection.run(sql),
  }
}

/** In WAL every connection holds a lock on the file for as long as it lives, so that this one finds them all. */
function openAlone(path: string): Connection {
  const connection = new Connection(path, { readwrite: true })
  try {
    connection.run('PRAGMA locking_mode = EXCLUSIVE')
    connection.run('BEGIN IMMEDIATE')
    connection.run('COMMIT')
    return connection
  } catch (error) {
    connection.close()
    throw isBusy(error) ? databaseInUse('stop the server first, and see that none starts meanwhile') : error
  }
}

function readerOn(connection: Connection): BulkReader {
  return {
    engine: 'sqlite',
    exportRows: (table, filter, onRows) => exportRows(connection, table, filter, onRows),
    countRows: (table, filter) => countRows(connection, table, filter),
    rows: async (sql) => connection.query<Row, []>(sql).all(),
  }
}

async function* exportRows(
  connection: Connection,
  table: BulkTable,
  filter: string | undefined,
  onRows: ((rows: number) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  const names = table.columns.map(({ name }) => quoted(name))
  const from = `select ${names.join(', ')} from ${quoted(table.name)}`
  const order = `order by ${quoted(table.key)}`
  if (filter === undefined) {
    using all = connection.prepare<Row, Values>(`${from} ${order}`)
    yield* linesOf(all.iterate(), table, onRows)
    return
  }
  if (countFew(connection, table, filter) !== undefined) {
    using few = connection.prepare<Row, Values>(`${from} where ${filter} order by +${quoted(table.key)}`)
    yield* linesOf(few.iterate(), table, onRows)
    return
  }
  using part = connection.prepare<Row, Values>(`${from} where ${within(table)} and ${unindexed(filter)} ${order}`)
  for await (const span of spansOf(connection, table)) yield* linesOf(part.iterate(...span), table, onRows)
}

/** How many rows fit, if few: the org's own index finds them, however much the other orgs of the install have. */
function countFew(connection: Connection, table: BulkTable, filter: string): number | undefined {
  const some = `select 1 from ${quoted(table.name)} where ${filter} limit ${FEW_ROWS_MAX + 1}`
  using query = connection.prepare<{ rows: number }, []>(`select count(*) as rows from (${some})`)
  const rows = query.get()?.rows ?? 0
  return rows > FEW_ROWS_MAX ? undefined : rows
}

async function countRows(connection: Connection, table: BulkTable, filter = 'true'): Promise<number> {
  const few = countFew(connection, table, filter)
  if (few !== undefined) return few
  const query = `select count(*) as rows from ${quoted(table.name)} where ${within(table)} and ${unindexed(filter)}`
  using part = connection.prepare<{ rows: number }, Values>(query)
  let rows = 0
  for await (const span of spansOf(connection, table)) rows += part.get(...span)?.rows ?? 0
  return rows
}
