import type { Database as Connection } from 'bun:sqlite'
import { endOfTurn } from '#lib/turn.ts'
import type { BulkTable } from './bulk-table.ts'
import { quoted } from './sql-text.ts'

/** Rows that are looked at in one go where a filter may pass over all of them. */
const SPAN_ROWS = 4_000

type Key = string | number

/** The condition of one stretch, whose ends are the first two values of a statement. */
export function within({ key }: BulkTable): string {
  return `${quoted(key)} > ?1 and ${quoted(key)} <= ?2`
}

/** A condition that no index is chosen by: there is none but the primary key that has the rows of a stretch in order. */
export function unindexed(filter: string): string {
  return `+(${filter})`
}

/** The ends of stretches of the primary key: without them a query sorts all that fits before its first row, or passes over all else. */
export async function* spansOf(connection: Connection, table: BulkTable): AsyncGenerator<[Key, Key]> {
  const key = quoted(table.key)
  const keys = `select ${key} as k from ${quoted(table.name)} where ${key} > ?1 order by ${key} limit ${SPAN_ROWS}`
  using next = connection.prepare<{ last: Key | null }, Key[]>(`select max(k) as last from (${keys})`)
  for (let done = startOf(table); ; ) {
    const last = next.get(done)?.last ?? null
    if (last === null) return
    yield [done, last]
    await endOfTurn()
    done = last
  }
}

/** What stands before every key. */
function startOf({ key, columns }: BulkTable): Key {
  return columns.find(({ name }) => name === key)?.kind === 'text' ? '' : Number.MIN_SAFE_INTEGER
}
