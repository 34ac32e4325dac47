import { type Durations, type Piece, worstIn } from './pieces.ts'
import { STATUSES, type Status } from './reading.ts'

/** Equal stretches of time, side by side. */
export type Grid = Readonly<{ fromMs: number; bucketMs: number; count: number }>

export type Bucket = Durations &
  Readonly<{
    fromMs: number
    /** The state at its end; undefined where nothing is known. */
    closing: Status | undefined
    /** Of the worst in it. */
    message: string
    latencyMs: number
  }>

/** The pieces, oldest first, poured into the buckets of a grid: a piece that reaches over several goes to each by its share. */
export function fillBuckets(pieces: readonly Piece[], { fromMs, bucketMs, count }: Grid): Bucket[] {
  const buckets = Array.from({ length: count }, (_, place) => emptyBucket(fromMs + place * bucketMs))
  for (const piece of pieces) {
    const first = Math.max(0, Math.floor((piece.fromMs - fromMs) / bucketMs))
    for (let place = first; place < count; place++) {
      const bucket = buckets[place]
      if (!bucket || bucket.fromMs >= piece.toMs) break
      const overlapMs = Math.min(piece.toMs, bucket.fromMs + bucketMs) - Math.max(piece.fromMs, bucket.fromMs)
      if (overlapMs > 0) pour(bucket, piece, overlapMs / (piece.toMs - piece.fromMs))
    }
  }
  return buckets
}

type Filling = { -readonly [K in keyof Bucket]: Bucket[K] }

function emptyBucket(fromMs: number): Filling {
  return { fromMs, ok: 0, warn: 0, error: 0, closing: undefined, message: '', latencyMs: 0 }
}

function pour(bucket: Filling, piece: Piece, share: number): void {
  const worst = worstIn(piece)
  if (worst === undefined) return
  if (rankOf(worst) >= rankOf(worstIn(bucket))) bucket.message = piece.message
  for (const status of STATUSES) bucket[status] += piece[status] * share
  bucket.closing = piece.closing
  bucket.latencyMs = Math.max(bucket.latencyMs, piece.latencyMs)
}

function rankOf(status: Status | undefined): number {
  return status === undefined ? -1 : STATUSES.indexOf(status)
}
