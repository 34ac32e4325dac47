import { and, desc, eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import { type AuditEvent, EVENT, NEWEST_FIRST } from './event.ts'
import type { Place } from './place.ts'

/** What came of looking at some rows of the log, one by one. */
export type Look = Readonly<{
  /** Those that fit. */
  events: readonly AuditEvent[]
  /** The last row that was looked at; undefined when there are no more. */
  end: Place | undefined
  /** In how many rows of the sample each word stands. */
  frequencies: readonly number[]
}>

type Bounds = Readonly<{ rowsMax: number; limit: number }>
type Walk = Bounds & Readonly<{ rows: SQL | undefined; words: readonly string[]; sample?: SQL | undefined }>

const { at, id, searchText } = auditLog

/** Reads the newest `rowsMax` of some rows, and of each no more than tells whether it has every word: a row is long. */
export async function walk(ctx: Context, { rows, rowsMax, words, sample, limit }: Walk): Promise<Look> {
  const newest = ctx.db
    .select({ id, at, searchText })
    .from(auditLog)
    .where(rows)
    .orderBy(...NEWEST_FIRST)
  const walked = newest.limit(rowsMax).as('walked')
  const hits = ctx.db
    .select({ id: walked.id })
    .from(walked)
    .where(and(...words.map((word) => holds(walked.searchText, word))))
    .orderBy(desc(walked.at), desc(walked.id))
    .limit(limit)
    .as('hits')
  const end = ctx.db
    .select({ at, id })
    .from(auditLog)
    .where(rows)
    .orderBy(...NEWEST_FIRST)
  const ending = end
    .limit(1)
    .offset(rowsMax - 1)
    .as('ending')
  const seen = sample ? frequenciesIn(ctx, sample, words, rowsMax) : sql`''`
  const found = await ctx.db
    .select({ frequencies: sql<string>`seen.frequencies`, endAt: ending.at, endId: ending.id, event: EVENT })
    .from(sql`(select ${seen} as frequencies) as seen`)
    .leftJoin(ending, sql`1 = 1`)
    .leftJoin(hits, sql`1 = 1`)
    .leftJoin(auditLog, eq(auditLog.id, hits.id))
    .orderBy(desc(at), desc(id))
  return lookOf(found)
}

/** Looks at rows that were found otherwise: `rows` selects `id`, `at` and, in `fits`, 1 or 0. */
export async function lookAt({ db }: Context, rows: SQL, { rowsMax, limit }: Bounds): Promise<Look> {
  const looked = db.$with('looked', {}).as(rows)
  const newest = [sql`looked.at desc`, sql`looked.id desc`]
  const hit = db
    .select({ id: sql<number>`looked.id`.as('hit_id') })
    .from(looked)
    .where(sql`looked.fits = 1`)
  const hits = hit
    .orderBy(...newest)
    .limit(limit)
    .as('hits')
  const end = { at: sql`looked.at`.mapWith(at).as('end_at'), id: sql`looked.id`.mapWith(Number).as('end_id') }
  const last = db
    .select(end)
    .from(looked)
    .orderBy(...newest)
  const ending = last
    .limit(1)
    .offset(rowsMax - 1)
    .as('ending')
  const found = await db
    .with(looked)
    .select({ frequencies: sql<string>`''`, endAt: ending.at, endId: ending.id, event: EVENT })
    .from(sql`(select 1) as seen`)
    .leftJoin(ending, sql`1 = 1`)
    .leftJoin(hits, sql`1 = 1`)
    .leftJoin(auditLog, eq(auditLog.id, hits.id))
    .orderBy(desc(at), desc(id))
  return lookOf(found)
}

/** Whether a row holds a word that begins so: each word of a row stands after a space. */
export function holds(text: SQLWrapper, word: string): SQL {
  return sql`${text} like ${`% ${word}%`}`
}

type Found = Readonly<{ frequencies: string; endAt: Date | null; endId: number | null; event: AuditEvent | null }>

/** What was seen stands in every row, and once when nothing was found. */
function lookOf(found: readonly Found[]): Look {
  const { endAt, endId, frequencies } = found[0] ?? { endAt: null, endId: null, frequencies: '' }
  return {
    events: found.flatMap(({ event }) => event ?? []),
    end: endAt && endId !== null ? { at: endAt, id: endId } : undefined,
    frequencies: frequencies.split(' ').map(Number),
  }
}

/** In how many of the newest of some rows each word stands, with spaces between. */
function frequenciesIn({ db }: Context, rows: SQL, words: readonly string[], rowsMax: number): SQL {
  const sample = db
    .select({ searchText })
    .from(auditLog)
    .where(rows)
    .orderBy(...NEWEST_FIRST)
    .limit(rowsMax)
    .as('sample')
  const counts = words.map((word) => sql`cast(count(*) filter (where ${holds(sample.searchText, word)}) as text)`)
  return sql`(select ${sql.join(counts, sql` || ' ' || `)} from ${sample})`
}
