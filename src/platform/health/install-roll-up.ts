import type { Tx } from '#db/database.ts'
import { DAY_MS, HOUR_MS } from '#lib/clock.ts'
import { type Bucket, fillBuckets } from './buckets.ts'
import { type Cuts, floorTo } from './cuts.ts'
import { type HistoryRow, installPieces, KNOWN_MS } from './pieces.ts'
import { findNewest, readSeries, replaceRows } from './series.ts'

/** Rolls up what is due of one component of the install. A second run finds nothing to do. */
export async function rollUpInstall(tx: Tx, component: string, { hourMs, dayMs }: Cuts): Promise<void> {
  const series = { orgId: null, component }
  const newest = await findNewest(tx, series, 'hour')
  const after = newest === undefined ? undefined : newest + HOUR_MS
  // The last samples of an hour still hold at the beginning of the next one, so they stay until that is rolled up, too.
  const reach = after === undefined ? { toMs: hourMs } : { fromMs: after - KNOWN_MS, toMs: hourMs }
  const samples = await readSeries(tx, series, ['sample'], reach)
  const hours = spansOf(samples, HOUR_MS, hourMs).filter(({ fromMs }) => after === undefined || fromMs >= after)
  await replaceRows(tx, series, 'hour', hours, { spans: ['sample'], beforeMs: hourMs - KNOWN_MS })
  const old = await readSeries(tx, series, ['hour'], { toMs: dayMs })
  if (old.length > 0) {
    await replaceRows(tx, series, 'day', spansOf(old, DAY_MS, dayMs), { spans: ['hour'], beforeMs: dayMs })
  }
}

function spansOf(rows: readonly HistoryRow[], spanMs: number, toMs: number): Bucket[] {
  const [first] = rows
  if (!first) return []
  const fromMs = floorTo(first.at.getTime(), spanMs)
  const count = Math.max(0, (toMs - fromMs) / spanMs)
  return fillBuckets(installPieces(rows, toMs), { fromMs, bucketMs: spanMs, count })
}
