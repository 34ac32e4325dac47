import type { Bucket, Grid } from './buckets.ts'
import { type Durations, knownMs, worstIn } from './pieces.ts'
import type { Status } from './reading.ts'

/** Of a stretch that is neither bad nor known for so long, nobody can say that it was well. */
const UNKNOWN_SHARE = 1 / 3

export type BandStatus = Status | 'unknown'

export type Segment = Readonly<{ fromMs: number; toMs: number; status: BandStatus; message: string }>

export type Band = Readonly<{
  segments: readonly Segment[]
  /** The share of the known time that was ok or warn, in percent with two decimals, never rounded up; null when nothing is known. */
  uptimePercent: number | null
}>

/** A component over a range: neighbours of one state are one segment. The last one ends now. */
export function bandOf(buckets: readonly Bucket[], { bucketMs }: Pick<Grid, 'bucketMs'>, nowMs: number): Band {
  const segments: Segment[] = []
  for (const bucket of buckets) {
    const toMs = Math.min(bucket.fromMs + bucketMs, nowMs)
    if (toMs <= bucket.fromMs) continue
    const status = statusOf(bucket, toMs - bucket.fromMs)
    const message = status === 'unknown' ? '' : bucket.message
    const last = segments.at(-1)
    if (last?.status === status) segments[segments.length - 1] = { ...last, toMs, message: message || last.message }
    else segments.push({ fromMs: bucket.fromMs, toMs, status, message })
  }
  return { segments, uptimePercent: uptimePercent(buckets) }
}

/** Time that nobody knows of counts neither way. */
export function uptimePercent(durations: readonly Durations[]): number | null {
  const known = durations.reduce((sum, each) => sum + knownMs(each), 0)
  if (known === 0) return null
  const up = durations.reduce((sum, { ok, warn }) => sum + ok + warn, 0)
  return Math.floor((10_000 * up) / known) / 100
}

function statusOf(bucket: Bucket, lengthMs: number): BandStatus {
  const worst = worstIn(bucket)
  if (worst === undefined) return 'unknown'
  const isHalfKnown = worst === 'ok' && lengthMs - knownMs(bucket) >= lengthMs * UNKNOWN_SHARE
  return isHalfKnown ? 'unknown' : worst
}
