import { AppError } from '#core/errors.ts'
import { networkOf } from '#http/address.ts'
import type { Clock } from '#lib/clock.ts'

const BURST = 20
const REFILL_PER_SECOND = 5
const BUCKETS_MAX = 50_000

type Bucket = { tokens: number; at: number }

/** A token bucket per address, or per /64 of IPv6 (contract §2: burst 20, 5 a second). `take` throws `rate_limited` with `retry_after` in seconds. */
export function createRateLimit(clock: Clock) {
  const buckets = new Map<string, Bucket>()
  return {
    take(address: string): void {
      const network = networkOf(address)
      const now = clock.now().getTime()
      const bucket = refilled(buckets.get(network), now)
      if (bucket.tokens < 1) {
        const retryAfter = Math.ceil((1 - bucket.tokens) / REFILL_PER_SECOND)
        throw new AppError('limited', 'rate_limited', 'Too many requests from this address. Try again shortly.', {
          retry_after: retryAfter,
        })
      }
      bucket.tokens -= 1
      buckets.delete(network)
      buckets.set(network, bucket)
      if (buckets.size > BUCKETS_MAX) dropOldest(buckets)
    },
  }
}

export type RateLimit = ReturnType<typeof createRateLimit>

function refilled(bucket: Bucket | undefined, now: number): Bucket {
  if (!bucket) return { tokens: BURST, at: now }
  const earned = (Math.max(0, now - bucket.at) / 1000) * REFILL_PER_SECOND
  return { tokens: Math.min(BURST, bucket.tokens + earned), at: now }
}

function dropOldest(buckets: Map<string, Bucket>): void {
  const oldest = buckets.keys().next()
  if (!oldest.done) buckets.delete(oldest.value)
}
