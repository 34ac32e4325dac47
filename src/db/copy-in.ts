import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { AppError } from '#core/errors.ts'
import { copyLine, readCopyRows } from '#lib/copy-csv.ts'
import { endOfTurn } from '#lib/turn.ts'
import type { BulkTable } from './bulk-table.ts'
import { guardOf } from './bulk-values.ts'
import type { Sql } from './own-connection.ts'
import { quoted } from './sql-text.ts'

/** SQLSTATE of class 22: a value is not of its column's type; 23: a rule of the table is broken. */
const DATA_FAULT = /^2[23]/

/** Adds lines of CSV to a table by `COPY`, and answers how many there were. */
export async function importRows(
  own: Sql,
  { columns }: BulkTable,
  source: AsyncIterable<Uint8Array>,
  into: string,
): Promise<number> {
  const names = columns.map(({ name }) => quoted(name)).join(', ')
  const guards = columns.flatMap((column, place) => {
    const guard = guardOf(column)
    return guard ? [{ place, guard }] : []
  })
  let count = 0

  async function* lines() {
    for await (const rows of readCopyRows(source, columns.length)) {
      for (const { place, guard } of guards) for (const row of rows) guard(row[place] ?? null)
      count += rows.length
      yield Buffer.from(rows.map(copyLine).join(''))
      await endOfTurn()
    }
  }

  try {
    await copy(own, `copy ${into} (${names}) from stdin (format csv)`, lines())
  } catch (error) {
    throw isDataFault(error) ? new AppError('invalid', 'archive_invalid', sentenceOf(error)) : error
  }
  return count
}

/**
 * The driver tells nobody of a fault that the server finds after the last byte, and leaves the stream waiting. It still
 * rejects the query, though that was answered with the stream long ago: so this listens there.
 */
async function copy(own: Sql, text: string, lines: AsyncIterable<Uint8Array>): Promise<void> {
  const fault = Promise.withResolvers<never>()
  fault.promise.catch(() => {})
  const query = Object.assign(own.unsafe(text), { reject: fault.reject })
  const sink = await Promise.race([query.writable(), fault.promise])
  const sent = pipeline(lines, sink)
  sent.catch(() => {})
  await Promise.race([sent, fault.promise])
  // Its last word to the server belongs before the next statement.
  if (!sink.closed) await once(sink, 'close')
}

function isDataFault(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && DATA_FAULT.test(String(error.code))
}

function sentenceOf(error: Error): string {
  if ('code' in error && /^23/.test(String(error.code))) {
    return 'A table in the backup cannot be read: a row breaks a rule of its table.'
  }
  const column = 'column_name' in error && error.column_name ? ` of ${String(error.column_name)}` : ''
  return `A table in the backup cannot be read: a value${column} is not what its column holds.`
}
