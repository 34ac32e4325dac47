import { MINUTE_MS, SECOND_MS } from '#lib/clock.ts'
import { findHeartbeat, type Heartbeat } from './heartbeat.ts'
import { FRESH_MS, type Probe } from './probing.ts'
import { type Reading, statusAbove } from './reading.ts'

const LIMITS_MS = { warn: 5 * MINUTE_MS, error: 30 * MINUTE_MS }

/** The clock of all nodes. */
export const schedulerProbe: Probe = {
  component: 'scheduler',
  timeoutMs: 3 * SECOND_MS,
  freshMs: FRESH_MS,
  check: async (ctx) => judgeHeartbeat(await findHeartbeat(ctx), ctx.clock.now()),
}

/** How old the heartbeat is. Before the first one it counts from when that was due. */
export function judgeHeartbeat(beat: Heartbeat | undefined, now: Date): Reading {
  const limits = { warn_after_minutes: 5, error_after_minutes: 30 }
  if (!beat) {
    return { status: 'warn', message: 'No scheduler has ever run.', meta: { heartbeat_age_seconds: null, ...limits } }
  }
  const ageMs = Math.max(0, now.getTime() - (beat.lastAt ?? beat.nextAt).getTime())
  const seconds = beat.lastAt ? Math.floor(ageMs / SECOND_MS) : null
  const status = statusAbove(ageMs, LIMITS_MS)
  return { status, message: wordsOf(beat, ageMs), meta: { heartbeat_age_seconds: seconds, ...limits } }
}

function wordsOf({ lastAt }: Heartbeat, ageMs: number): string {
  if (!lastAt) return ageMs < LIMITS_MS.warn ? 'The first heartbeat is due.' : 'The first heartbeat is overdue.'
  const age = ageMs < 2 * MINUTE_MS ? `${Math.floor(ageMs / SECOND_MS)} s` : `${Math.floor(ageMs / MINUTE_MS)} min`
  return `The last heartbeat was ${age} ago.`
}
