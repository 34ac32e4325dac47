import { endOfTurn } from '#lib/turn.ts'
import type { BulkTable } from './bulk-table.ts'
import { writerOf } from './bulk-values.ts'

/** How long rows are put together before whoever else waits for this process has his turn. */
const STRETCH_MS = 2
const STRETCH_CHARS = 64 * 1024
const ROWS_BETWEEN_LOOKS = 16

/** Rows as SQLite hands them out, as lines of CSV in pieces. */
export async function* linesOf(
  rows: Iterable<Readonly<Record<string, unknown>>>,
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
