import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { DAY_MS } from '#lib/clock.ts'
import type { Engine } from './engine.ts'

/** The table that is searched, as `from` names it, and the columns that order it. */
export type WordTable = Readonly<{
  table: SQLWrapper
  id: SQLWrapper
  at: SQLWrapper
  /** PostgreSQL's expression of all marks of a row, as its index has it. */
  marks: SQL
}>

export type WordQuery = Readonly<{
  org: number | null
  /** Beginnings of words, in lower case: letters, digits and marks only. */
  words: readonly string[]
  action: string | undefined
  actorId: number | undefined
  /** Exclusive: nothing at or after it in the order of (at, id); without an id, of `at` alone. */
  below: Readonly<{ at: Date; id?: number }> | undefined
  /** Inclusive. */
  from: Date | undefined
  /** Every condition again, for the rows themselves: the index may know too much. */
  where: SQL | undefined
  limit: number
  now: Date
}>

/** An id's share of the place in the index of SQLite: ids of one millisecond that are that far apart would collide. */
const IDS_A_MS = 2 ** 21
/** Days back from where a list begins, the newest first: PostgreSQL looks at the next only when the last did not do. */
const WINDOWS_DAYS = [
  [-1, 1],
  [2, 15],
] as const

/**
 * The ids of the newest rows that hold every word, as a sub-query: at most `limit`, found by the index of words that the
 * migrations keep (FTS5, GIN). On either engine its cost follows the words, not the table.
 */
export function newestWithWords(engine: Engine, place: WordTable, query: WordQuery): SQL {
  return engine === 'postgres' ? onPostgres(place, query) : onSqlite(place, query)
}

/** The place of a row in the index tells both its time and the end of its id, so rows come in order and few are looked at. */
function onSqlite({ table, id, at }: WordTable, query: WordQuery): SQL {
  const marks = query.words.map((word) => `"${prefixOf(query)}x${word}" *`)
  const match = [...marks, ...factsOf(query).map((fact) => `"${fact}"`)].join(' ')
  const { below, from } = query
  const under = below && sql` and f.rowid < ${below.at.getTime()} * ${IDS_A_MS} + ${below.id ?? 0} % ${IDS_A_MS}`
  const over = from && sql` and f.rowid >= ${from.getTime()} * ${IDS_A_MS}`
  return sql`(select ${id} from audit_words f cross join ${table}
    where f.audit_words match ${match}${under}${over}
      and ${at} = f.rowid / ${IDS_A_MS} and ${id} % ${IDS_A_MS} = f.rowid % ${IDS_A_MS} and ${query.where ?? sql`true`}
    order by f.rowid desc limit ${query.limit})`
}

/** GIN knows no order, so that a frequent word is asked for by days: the days of a row are among its marks. */
function onPostgres({ table, id, at, marks }: WordTable, query: WordQuery): SQL {
  const all = [...query.words.map((word) => `'${prefixOf(query)}x${word}':*`), ...factsOf(query).map((f) => `'${f}'`)]
  const newest = Math.floor((query.below?.at ?? query.now).getTime() / DAY_MS)
  const daysOf = ([first, last]: readonly [number, number]) =>
    Array.from({ length: last - first + 1 }, (_, day) => `'${prefixOf(query)}d${newest - first - day}'`)
  const windows = WINDOWS_DAYS.map((window) => `${all.join(' & ')} & (${daysOf(window).join(' | ')})`)
  const known = WINDOWS_DAYS.flatMap(daysOf).join(' | ')
  const parts = [...windows, `${all.join(' & ')} & !(${known})`].map(
    (asked) => sql`(select ${id} as id from ${table} where ${marks} @@ ${asked}::tsquery and ${query.where ?? sql`true`}
      order by ${at} desc, ${id} desc limit ${query.limit})`,
  )
  return sql`(select id from (${sql.join(parts, sql` union all `)}) found limit ${query.limit})`
}

function prefixOf({ org }: WordQuery): string {
  return `o${org ?? 0}`
}

function factsOf(query: WordQuery): string[] {
  const { action, actorId } = query
  return [
    ...(action === undefined ? [] : [`${prefixOf(query)}a${action.replaceAll(/[._]/g, 'x')}`]),
    ...(actorId === undefined ? [] : [`${prefixOf(query)}u${actorId}`]),
  ]
}
