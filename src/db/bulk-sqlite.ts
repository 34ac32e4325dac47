import { Database as Connection, type Statement } from 'bun:sqlite'
import { AppError } from '#core/errors.ts'
import { readCopyRows } from '#lib/copy-csv.ts'
import { endOfTurn } from '#lib/turn.ts'
import type { BulkReader, BulkWriter } from './bulk.ts'
import type { BulkTable } from './bulk-table.ts'
import { readerOf, writerOf } from './bulk-values.ts'
import { pathOf } from './sqlite.ts'

/** How long rows are put together before whoever else waits for this process has his turn. */
const STRETCH_MS = 2
const STRETCH_CHARS = 64 * 1024
const ROWS_BETWEEN_LOOKS = 16
/** Rows that are looked at in one go where a filter may pass over all of them. */
const SPAN_ROWS = 4_000
const ROWS_A_STATEMENT = 50
const BUSY_TIMEOUT_MS = 5_000

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
  connection.run('BEGIN IMMEDIATE')
  const result = await work(writerOn(connection))
  connection.run('COMMIT')
  return result
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
    if (!(error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY')) throw error
    const message = 'Another process has the database open: stop the server first, and see that none starts meanwhile.'
    throw new AppError('conflict', 'database_in_use', message)
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
  using part = connection.prepare<Row, Values>(`${from} where ${within(table)} and ${unindexed(filter)} ${order}`)
  for await (const span of spansOf(connection, table)) yield* linesOf(part.iterate(...span), table, onRows)
}

async function countRows(connection: Connection, table: BulkTable, filter = 'true'): Promise<number> {
  const query = `select count(*) as rows from ${quoted(table.name)} where ${within(table)} and ${unindexed(filter)}`
  using part = connection.prepare<{ rows: number }, Values>(query)
  let rows = 0
  for await (const span of spansOf(connection, table)) rows += part.get(...span)?.rows ?? 0
  return rows
}

function within({ key }: BulkTable): string {
  return `${quoted(key)} > ?1 and ${quoted(key)} <= ?2`
}

/** A condition that no index is chosen by: there is none but the primary key that has the rows of a stretch in order. */
function unindexed(filter: string): string {
  return `+(${filter})`
}

/** The ends of stretches of the primary key: without them a query sorts all that fits before its first row, or passes over all else. */
async function* spansOf(connection: Connection, table: BulkTable): AsyncGenerator<[string | number, string | number]> {
  const key = quoted(table.key)
  const keys = `select ${key} as k from ${quoted(table.name)} where ${key} > ?1 order by ${key} limit ${SPAN_ROWS}`
  using next = connection.prepare<{ last: string | number | null }, Values>(`select max(k) as last from (${keys})`)
  for (let done = startOf(table); ; ) {
    const last = next.get(done)?.last ?? null
    if (last === null) return
    yield [done, last]
    await endOfTurn()
    done = last
  }
}

/** What stands before every key. */
function startOf({ key, columns }: BulkTable): string | number {
  return columns.find(({ name }) => name === key)?.kind === 'text' ? '' : Number.MIN_SAFE_INTEGER
}

async function* linesOf(
  rows: Iterable<Row>,
  table: BulkTable,
  onRows: (rows: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const last = table.columns.length - 1
  const writers = table.columns.map((column, place) => ({
    ...{ name: column.name, write: writerOf(column), end: place === last ? '\n' : ',' },
  }))
  let text = ''
  let count = 0
  let started = performance.now()
  for (const row of rows) {
    for (const { name, write, end } of writers) text += write(row[name]) + end
    count++
    const isFull = text.length > STRETCH_CHARS
    if (!isFull && (count % ROWS_BETWEEN_LOOKS !== 0 || performance.now() - started < STRETCH_MS)) continue
    onRows(count)
    yield Buffer.from(text)
    text = ''
    count = 0
    await endOfTurn()
    started = performance.now()
  }
  if (count === 0) return
  onRows(count)
  yield Buffer.from(text)
}

async function importRows(
  connection: Connection,
  { columns }: BulkTable,
  source: AsyncIterable<Uint8Array>,
  into: string,
): Promise<number> {
  const readers = columns.map(readerOf)
  using many = insertOf(connection, into, columns, ROWS_A_STATEMENT)
  using one = insertOf(connection, into, columns, 1)
  let count = 0
  for await (const rows of readCopyRows(source, columns.length)) {
    for (let from = 0; from < rows.length; ) {
      const isMany = rows.length - from >= ROWS_A_STATEMENT
      const taken = isMany ? ROWS_A_STATEMENT : 1
      const values: Values = []
      for (const row of rows.slice(from, from + taken)) {
        for (const [place, read] of readers.entries()) values.push(read(row[place] ?? null))
      }
      ;(isMany ? many : one).run(...values)
      from += taken
    }
    count += rows.length
    await endOfTurn()
  }
  return count
}

function insertOf(
  connection: Connection,
  into: string,
  columns: BulkTable['columns'],
  rows: number,
): Statement<unknown, Values> {
  const places = `(${columns.map(() => '?').join(', ')})`
  const names = columns.map(({ name }) => quoted(name)).join(', ')
  return connection.prepare(`insert into ${into} (${names}) values ${Array(rows).fill(places).join(', ')}`)
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
