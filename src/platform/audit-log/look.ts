import { and, count, desc, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import type { FactColumns } from './condition.ts'
import { type AuditEvent, EVENT, NEWEST_FIRST } from './event.ts'
import type { Place } from './place.ts'

type LookRequest = Readonly<{
  /** Which rows are looked at: the newest `rowsMax` of these. */
  rows: SQL | undefined
  rowsMax: number
  words: readonly string[]
  factsOn: (columns: FactColumns) => SQL | undefined
  /** Of the events that are answered. */
  limit: number
  /** Where the words are counted: in the rows that are looked at, or in as many others. */
  counted?: SQL | 'rows' | undefined
}>

export type Look = Readonly<{
  /** The rows that hold every word and fit the facts. */
  events: readonly AuditEvent[]
  /** The last row that was looked at; undefined when there are no more. */
  end: Place | undefined
  /** In how many of the counted rows each word stands. */
  frequencies: readonly number[]
}>

/** Looks at some rows, one by one, for what a search asks of them; in one statement. */
export async function look(ctx: Context, request: LookRequest): Promise<Look> {
  const { rows, rowsMax, words, factsOn, limit, counted } = request
  const orm = ctx.db
  const looked = orm.$with('looked').as(newestOf(ctx, rows, rowsMax))
  const sample = counted === 'rows' ? sql`looked` : counted && sql`${newestOf(ctx, counted, rowsMax)} sample`
  const oldest = sql`from looked order by ${looked.at}, ${looked.id} limit 1`
  const seen = orm.$with('seen').as(
    orm
      .select({
        count: count().as('rows'),
        endAt: sql`(select ${looked.at} ${oldest})`.mapWith(auditLog.at).as('end_at'),
        endId: sql`(select ${looked.id} ${oldest})`.mapWith(Number).as('end_id'),
        frequencies: sql<string>`${sample ? frequenciesIn(sample, words) : ''}`.as('frequencies'),
      })
      .from(looked),
  )
  const { id, eventId, action, actorKind, actorId, actorLabel, detail, requestId, address, at } = looked
  const event = { id, eventId, action, actorKind, actorId, actorLabel, detail, requestId, address, at }
  const { endAt, endId, frequencies } = seen
  const found = await orm
    .with(looked, seen)
    .select({ count: seen.count, endAt, endId, frequencies, event })
    .from(seen)
    .leftJoin(looked, and(...words.map((word) => holds(looked.searchText, word)), factsOn(looked)))
    .orderBy(desc(at), desc(id))
    .limit(limit)
  return lookOf(found, rowsMax)
}

type Found = Readonly<{ count: number; endAt: Date; endId: number; frequencies: string; event: AuditEvent | null }>

/** What was seen stands in every row, and once when nothing was found. */
function lookOf(found: readonly Found[], rowsMax: number): Look {
  const [first] = found
  const hasMore = first !== undefined && first.count === rowsMax
  return {
    events: found.flatMap(({ event }) => event ?? []),
    end: hasMore ? { at: first.endAt, id: first.endId } : undefined,
    frequencies: first?.frequencies.split(' ').map(Number) ?? [],
  }
}

function newestOf(ctx: Context, where: SQL | undefined, rowsMax: number) {
  return ctx.db
    .select({ ...EVENT, searchText: auditLog.searchText })
    .from(auditLog)
    .where(where)
    .orderBy(...NEWEST_FIRST)
    .limit(rowsMax)
}

/** In how many rows of a table each word stands, with spaces between. */
function frequenciesIn(table: SQL, words: readonly string[]): SQL {
  const counts = words.map((word) => sql`cast(count(*) filter (where ${holds(sql`search_text`, word)}) as text)`)
  return sql`(select ${sql.join(counts, sql` || ' ' || `)} from ${table})`
}

/** Whether a row holds a word that begins so: each word of a row stands after a space. */
function holds(searchText: SQLWrapper, word: string): SQL {
  return sql`${searchText} like ${`% ${word}%`}`
}
