import { DAY_MS, HOUR_MS, MINUTE_MS } from '#lib/clock.ts'
import type { Grid } from './buckets.ts'

/** The ranges of the history, each in stretches that are wide enough to be seen. */
const GRIDS = {
  '1h': { bucketMs: MINUTE_MS, count: 60 },
  '6h': { bucketMs: 5 * MINUTE_MS, count: 72 },
  '24h': { bucketMs: 15 * MINUTE_MS, count: 96 },
  '3d': { bucketMs: HOUR_MS, count: 72 },
  '7d': { bucketMs: 2 * HOUR_MS, count: 84 },
  '30d': { bucketMs: 8 * HOUR_MS, count: 90 },
  '90d': { bucketMs: DAY_MS, count: 90 },
} as const

export type Range = keyof typeof GRIDS

export const RANGES: readonly Range[] = Object.keys(GRIDS).filter(isRange)
export const RANGE_DEFAULT: Range = '24h'

export function isRange(text: string): text is Range {
  return Object.hasOwn(GRIDS, text)
}

/** The stretches of a range, the one that is under way last. They begin at round times, so that they do not creep. */
export function gridOf(range: Range, now: Date): Grid {
  const { bucketMs, count } = GRIDS[range]
  const toMs = (Math.floor(now.getTime() / bucketMs) + 1) * bucketMs
  return { fromMs: toMs - count * bucketMs, bucketMs, count }
}
