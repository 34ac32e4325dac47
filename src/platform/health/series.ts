import { and, asc, desc, eq, gte, inArray, isNull, lt, max, type SQL } from 'drizzle-orm'
import type { Database, Tx } from '#db/database.ts'
import { dateOfMs } from '#lib/clock.ts'
import type { Bucket } from './buckets.ts'
import type { HistoryRow } from './pieces.ts'
import { healthSamples } from './tables.ts'

/** The rows of one component, of an org or of the install. */
export type Series = Readonly<{ orgId: number | null; component: string }>

type Span = HistoryRow['span']

export const HISTORY_ROW = {
  span: healthSamples.span,
  at: healthSamples.at,
  status: healthSamples.status,
  message: healthSamples.message,
  latencyMs: healthSamples.latencyMs,
  okMs: healthSamples.okMs,
  warnMs: healthSamples.warnMs,
  errorMs: healthSamples.errorMs,
}

export function isOf({ orgId, component }: Series): SQL | undefined {
  const isOwned = orgId === null ? isNull(healthSamples.orgId) : eq(healthSamples.orgId, orgId)
  return and(isOwned, eq(healthSamples.component, component))
}

/** Rows of some spans that begin in a time, oldest first. */
export async function readSeries(
  db: Database | Tx,
  series: Series,
  spans: readonly Span[],
  { fromMs, toMs }: Readonly<{ fromMs?: number; toMs: number }>,
): Promise<HistoryRow[]> {
  return await db
    .select(HISTORY_ROW)
    .from(healthSamples)
    .where(
      and(
        isOf(series),
        inArray(healthSamples.span, [...spans]),
        fromMs === undefined ? undefined : gte(healthSamples.at, dateOfMs(fromMs)),
        lt(healthSamples.at, dateOfMs(toMs)),
      ),
    )
    .orderBy(asc(healthSamples.at), asc(healthSamples.id))
}

/** The last row before a time, whatever its span. */
export async function findRowBefore(tx: Tx, series: Series, ms: number): Promise<HistoryRow | undefined> {
  const [row] = await tx
    .select(HISTORY_ROW)
    .from(healthSamples)
    .where(and(isOf(series), lt(healthSamples.at, dateOfMs(ms))))
    .orderBy(desc(healthSamples.at))
    .limit(1)
  return row
}

/** When the newest row of a span begins. */
export async function findNewest(tx: Tx, series: Series, span: Span): Promise<number | undefined> {
  const [row] = await tx
    .select({ at: max(healthSamples.at) })
    .from(healthSamples)
    .where(and(isOf(series), eq(healthSamples.span, span)))
  return row?.at?.getTime()
}

/** Puts what is known of stretches of time in the place of the finer rows before a time. */
export async function replaceRows(
  tx: Tx,
  series: Series,
  span: 'hour' | 'day',
  buckets: readonly Bucket[],
  finer: Readonly<{ spans: readonly Span[]; beforeMs: number }>,
): Promise<void> {
  const rows = buckets.flatMap((bucket) => (bucket.closing === undefined ? [] : [rowOf(series, span, bucket)]))
  for (let from = 0; from < rows.length; from += 1_000) {
    await tx.insert(healthSamples).values(rows.slice(from, from + 1_000))
  }
  await tx
    .delete(healthSamples)
    .where(
      and(isOf(series), inArray(healthSamples.span, [...finer.spans]), lt(healthSamples.at, dateOfMs(finer.beforeMs))),
    )
}

function rowOf({ orgId, component }: Series, span: 'hour' | 'day', bucket: Bucket) {
  const { fromMs, ok, warn, error, closing = 'ok', message, latencyMs } = bucket
  return {
    ...{ orgId, component, span, at: dateOfMs(fromMs), status: closing, message, latencyMs },
    ...{ okMs: Math.round(ok), warnMs: Math.round(warn), errorMs: Math.round(error) },
  }
}
