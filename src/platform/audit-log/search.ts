import { and, type SQL } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import { newestWithWord } from '#db/word-search.ts'
import { factsOf, stretchOf } from './condition.ts'
import { type EventPage, type PageRequest, pageOf } from './event-page.ts'
import type { AuditFilter } from './filter.ts'
import { holds, type Look, lookAt, walk } from './look.ts'
import type { Place } from './place.ts'

/** How many of the newest rows are read one by one before the index of words is asked: a frequent word is among them. */
export const WALKED_ROWS_MAX = 1_000
/** How many rows of the rarest word are looked at for the rest of what is asked. */
export const INDEXED_ROWS_MAX = 500
/** How many rows below the newest are read where every word is frequent. */
export const WALKED_BELOW_MAX = 5_000

/**
 * A word that stands in so many of the newest rows is frequent. SQLite meets the rows of a word in order, so that a limit
 * spares it the others; PostgreSQL gathers all of them first.
 */
const FREQUENT_ROWS = { sqlite: 20, postgres: 5 } as const

const { orgId, action, actorId, at, id, searchText } = auditLog
const WORD_TABLE = { table: auditLog, orgId, action, actorId, at, id, searchText }

type WordFilter = AuditFilter & Readonly<{ words: readonly string[] }>
type Search = Readonly<{ ctx: Context; org: number | null; filter: WordFilter; facts: SQL | undefined; limit: number }>

/**
 * A page of a search by words. The newest rows are read first. When they do not fill the page, either the rows below them
 * are read, too, where every word is frequent, or the index is asked for the rarest word and its rows for the rest. Both end
 * at a limit: two long lists of the index that hardly meet would be read to their ends.
 */
export async function searchEvents(
  ctx: Context,
  org: number | null,
  filter: WordFilter,
  { limit, place }: PageRequest,
): Promise<EventPage> {
  if (filter.words.length === 0) return { events: [], next: undefined }
  const search: Search = { ctx, org, filter, facts: factsOf(ctx, filter), limit }
  const newest = await readNewest(search, place)
  if (newest.end === undefined || newest.events.length > limit) return pageOf(newest.events, limit, newest.end)
  const older = await lookBelow(search, newest, newest.end)
  return pageOf([...newest.events, ...older.events], limit, older.end)
}

async function readNewest({ ctx, org, filter, facts, limit }: Search, place: Place | undefined): Promise<Look> {
  // Rows of one action tell little of how frequent a word is in the whole log, so that the words are counted in those of any.
  const sample = stretchOf(org, filter, place)
  return await walk(ctx, {
    ...{ rows: and(sample, facts), rowsMax: WALKED_ROWS_MAX, words: filter.words },
    sample,
    limit: limit + 1,
  })
}

async function lookBelow(search: Search, { frequencies }: Look, place: Place): Promise<Look> {
  const { ctx, org, filter, facts, limit: shown } = search
  const { words } = filter
  const isAlone = words.length === 1 && facts === undefined
  const least = Math.min(...frequencies)
  const limit = shown + 1
  if (!isAlone && least >= FREQUENT_ROWS[ctx.db.engine]) {
    return await walk(ctx, { rows: and(stretchOf(org, filter, place), facts), rowsMax: WALKED_BELOW_MAX, words, limit })
  }
  const rowsMax = isAlone ? limit : INDEXED_ROWS_MAX
  const found = newestWithWord(ctx.db.engine, WORD_TABLE, {
    ...{ org, word: words[frequencies.indexOf(least)] ?? '', below: place, from: filter.after, limit: rowsMax },
    where: (columns) => stretchOf(org, filter, place, columns),
    fits: and(facts, ...words.map((word) => holds(auditLog.searchText, word))),
  })
  return await lookAt(ctx, found, { rowsMax, limit })
}
