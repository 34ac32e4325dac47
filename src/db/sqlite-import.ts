import type { Database as Connection, Statement } from 'bun:sqlite'
import { AppError } from '#core/errors.ts'
import { type CopyRow, readCopyRows } from '#lib/copy-csv.ts'
import { endOfTurn } from '#lib/turn.ts'
import type { BulkTable } from './bulk-table.ts'
import { readerOf } from './bulk-values.ts'
import { quoted } from './sql-text.ts'

const ROWS_A_STATEMENT = 50

type Values = (string | number | null)[]

/** Adds lines of CSV to a table, in one statement for many rows, and answers how many there were. */
export async function importRows(
  connection: Connection,
  { columns }: BulkTable,
  source: AsyncIterable<Uint8Array>,
  into: string,
): Promise<number> {
  const readers = columns.map(readerOf)
  using many = insertOf(connection, into, columns, ROWS_A_STATEMENT)
  using one = insertOf(connection, into, columns, 1)

  function insert(rows: readonly CopyRow[]): void {
    const values = rows.flatMap((row) => readers.map((read, place) => read(row[place] ?? null)))
    ;(rows.length === 1 ? one : many).run(...values)
  }

  // A commit for each statement would take longer than all of them. Who fails throws such a database away.
  const isOwn = !connection.inTransaction
  if (isOwn) connection.run('BEGIN')
  let count = 0
  for await (const rows of readCopyRows(source, columns.length)) {
    try {
      const whole = rows.length - (rows.length % ROWS_A_STATEMENT)
      for (let from = 0; from < whole; from += ROWS_A_STATEMENT) insert(rows.slice(from, from + ROWS_A_STATEMENT))
      for (const row of rows.slice(whole)) insert([row])
    } catch (error) {
      throw isRuleBroken(error) ? new AppError('invalid', 'archive_invalid', SENTENCE) : error
    }
    count += rows.length
    await endOfTurn()
  }
  if (isOwn) connection.run('COMMIT')
  return count
}

const SENTENCE = 'A table in the backup cannot be read: a row breaks a rule of its table.'

function isRuleBroken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CONSTRAINT')
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
