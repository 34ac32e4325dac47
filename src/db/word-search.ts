import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { DAY_MS } from '#lib/clock.ts'
import type { Engine } from './engine.ts'

/** The columns that a row is placed by. */
export type PlacedColumns = Readonly<Record<'orgId' | 'at' | 'id', SQLWrapper>>

/** The table that is searched, as `from` names it, and what its index is made of. */
export type WordTable = PlacedColumns & Readonly<Record<'table' | 'action' | 'actorId' | 'searchText', SQLWrapper>>

export type WordQuery = Readonly<{
  org: number | null
  /** The beginning of a word, in lower case: letters, digits and marks only. */
  word: string
  /** Exclusive: nothing at or after it in the order of (at, id). */
  below: Readonly<{ at: Date; id: number }>
  /** Inclusive. */
  from: Date | undefined
  /** Org, times and place again, for the rows themselves: marks are cut and may be shared. */
  where: (columns: PlacedColumns) => SQL | undefined
  /** What else is asked of a row; of the table's own columns. */
  fits: SQL | undefined
  limit: number
}>

/** An id's share of the place in the index of SQLite: ids of one millisecond that are that far apart would collide. */
const IDS_A_MS = 2 ** 21
/** Words with one beginning that are looked up one by one. */
const TERMS_MAX = 500
const LAST_CHARACTER = '\u{10ffff}'
/** Days back from where a list begins: PostgreSQL looks below them only when they did not fill the page. */
const NEWEST_DAYS = 3

/**
 * The newest rows that hold a word, as a query of `id`, `at` and `fits` (1 or 0): at most `limit`, found by the index of words that the
 * migrations keep (FTS5, GIN). On either engine its cost follows the word, not the table.
 */
export function newestWithWord(engine: Engine, place: WordTable, query: WordQuery): SQL {
  return engine === 'postgres' ? onPostgres(place, query) : onSqlite(place, query)
}

/** The place of a row in the index tells both its time and the end of its id, so rows come in order and few are looked at. */
function onSqlite(place: WordTable, query: WordQuery): SQL {
  const { below, from } = query
  const over = from && sql` and f.rowid >= ${from.getTime()} * ${IDS_A_MS}`
  return sql`select ${place.id} as id, ${place.at} as at, ${fitsOf(query)} as fits from audit_words f cross join ${place.table}
    where f.audit_words match ${termsWith(markOf(query))}
      and f.rowid < ${below.at.getTime()} * ${IDS_A_MS} + ${below.id} % ${IDS_A_MS}${over}
      and ${place.at} = f.rowid / ${IDS_A_MS} and ${place.id} % ${IDS_A_MS} = f.rowid % ${IDS_A_MS}
      and ${query.where(place) ?? sql`true`}
    order by f.rowid desc limit ${query.limit}`
}

/**
 * The words of the log that begin so, as FTS5 wants them: rows of whole words are met in order, while those of a beginning
 * are all gathered first. Of too many words it is the beginning after all.
 */
function termsWith(start: string): SQL {
  return sql`(select case count(*) when 0 then ${`"${start}"`} when ${TERMS_MAX + 1} then ${`"${start}" *`}
      else '(' || group_concat('"' || term || '"', ' OR ') || ')' end
    from (select term from audit_vocabulary where term >= ${start} and term < ${start + LAST_CHARACTER} limit ${TERMS_MAX + 1}))`
}

/** GIN knows no order, so that a frequent word is asked for by days: the day of a row is among its marks. */
function onPostgres(place: WordTable, query: WordQuery): SQL {
  const first = Math.floor(query.below.at.getTime() / DAY_MS)
  const days = Array.from({ length: NEWEST_DAYS }, (_, day) => `'${orgMark(query)}d${first - day}'`).join(' | ')
  const parts = [`(${days})`, `!(${days})`].map((when) => hitsOf(place, query, `'${markOf(query)}':* & ${when}`))
  return sql`select id, at, fits from (${sql.join(parts, sql` union all `)}) found limit ${query.limit}`
}

/** `offset 0` keeps order, limit and conditions out: by them the planner would walk the log, or build a bitmap of all of it. */
function hitsOf(place: WordTable, query: WordQuery, marks: string): SQL {
  const { orgId, action, actorId, at, id, searchText } = place
  const hit = { orgId: sql`hits.org_id`, at: sql`hits.at`, id: sql`hits.id` }
  return sql`(select hits.id, hits.at, hits.fits from (
      select ${orgId}, ${at}, ${id}, ${fitsOf(query)} as fits from ${place.table}
      where audit_words(${orgId}, ${action}, ${actorId}, ${at}, ${searchText}) @@ ${marks}::tsquery offset 0
    ) hits where ${query.where(hit) ?? sql`true`} order by hits.at desc, hits.id desc limit ${query.limit})`
}

/** No other org's rows are met: each word is kept with its org in front. */
function markOf(query: WordQuery): string {
  return `${orgMark(query)}x${query.word}`
}

function orgMark({ org }: WordQuery): string {
  return `o${org ?? 0}`
}

function fitsOf({ fits }: WordQuery): SQL {
  return fits ? sql`case when ${fits} then 1 else 0 end` : sql`1`
}
