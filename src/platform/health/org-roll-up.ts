import { and, count, eq, gt, isNotNull, lt, or } from 'drizzle-orm'
import type { Database, Tx } from '#db/database.ts'
import { DAY_MS, dateOfMs, HOUR_MS } from '#lib/clock.ts'
import { fillBuckets } from './buckets.ts'
import { type Cuts, floorTo } from './cuts.ts'
import { type HistoryRow, installPieces, knownOf, orgPieces } from './pieces.ts'
import { findRowBefore, readSeries, replaceRows, type Series } from './series.ts'
import { healthSamples } from './tables.ts'

/** Flips of an org stay as they are while there are few: they are exact, and cost next to nothing. */
export const OLD_FLIPS_MAX = 20
/** The component of the install that says when the install knew about itself. */
export const REFERENCE = 'db'

export type DueSeries = Series & Readonly<{ span: HistoryRow['span'] }>

/** The components of orgs that have more old samples than may stay, or hours that are old. One statement. */
export async function listDueSeries(db: Database, { hourMs, dayMs }: Cuts): Promise<DueSeries[]> {
  const { orgId, component, span, at } = healthSamples
  return await db
    .select({ orgId, component, span })
    .from(healthSamples)
    .where(
      and(
        isNotNull(orgId),
        or(and(eq(span, 'sample'), lt(at, dateOfMs(hourMs))), and(eq(span, 'hour'), lt(at, dateOfMs(dayMs)))),
      ),
    )
    .groupBy(orgId, component, span)
    .having(or(eq(span, 'hour'), gt(count(), OLD_FLIPS_MAX)))
}

/** Rolls up what is due of one component of an org, while the hours of the install are still fine enough to know what is unknown. */
export async function rollUpOrg(tx: Tx, { span, ...series }: DueSeries, cuts: Cuts): Promise<void> {
  if (span === 'sample') return rollUp(tx, series, 'hour', { spanMs: HOUR_MS, toMs: cuts.hourMs, spans: ['sample'] })
  await rollUp(tx, series, 'day', { spanMs: DAY_MS, toMs: cuts.dayMs, spans: ['sample', 'hour'] })
}

type Target = Readonly<{ spanMs: number; toMs: number; spans: readonly HistoryRow['span'][] }>

/** Only stretches in which something happened get a row: between them the state holds. */
async function rollUp(tx: Tx, series: Series, span: 'hour' | 'day', { spanMs, toMs, spans }: Target): Promise<void> {
  const rows = await readSeries(tx, series, spans, { toMs })
  const [first] = rows
  if (!first) return
  const fromMs = floorTo(first.at.getTime(), spanMs)
  const before = await findRowBefore(tx, series, first.at.getTime())
  const reference = { orgId: null, component: REFERENCE }
  const known = await readSeries(tx, reference, ['sample', 'hour', 'day'], { fromMs: fromMs - DAY_MS, toMs })
  const pieces = orgPieces(before ? [before, ...rows] : rows, { fromMs, toMs }, knownOf(installPieces(known, toMs)))
  const buckets = fillBuckets(pieces, { fromMs, bucketMs: spanMs, count: (toMs - fromMs) / spanMs })
  const begun = new Set(rows.map(({ at }) => floorTo(at.getTime(), spanMs)))
  const happened = buckets.filter((bucket) => begun.has(bucket.fromMs))
  await replaceRows(tx, series, span, happened, { spans, beforeMs: toMs })
}
