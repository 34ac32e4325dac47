import { type Backlog, readBacklog } from '#jobs/backlog.ts'
import { MINUTE_MS, SECOND_MS } from '#lib/clock.ts'
import { FRESH_MS, type Probe } from './probing.ts'
import { type Reading, statusAbove } from './reading.ts'

const LIMITS_MS = { warn: 5 * MINUTE_MS, error: 30 * MINUTE_MS }

/** How long work waits, over all nodes. */
export const queueProbe: Probe = {
  component: 'queue',
  timeoutMs: 3 * SECOND_MS,
  freshMs: FRESH_MS,
  check: async (ctx) => judgeBacklog(await readBacklog(ctx)),
}

/** By the job that has been due longest. Jobs that were given up are told, and are no fault of the queue. */
export function judgeBacklog({ waiting, running, failed, oldestDueMs }: Backlog): Reading {
  const seconds = Math.floor(oldestDueMs / SECOND_MS)
  const meta = { oldest_due_seconds: seconds, waiting, running, given_up: failed }
  const status = statusAbove(oldestDueMs, LIMITS_MS)
  const minutes = Math.floor(oldestDueMs / MINUTE_MS)
  if (status === 'ok') return { status, message: 'Work is done as it comes.', meta }
  return { status, message: `The oldest job has been due for ${minutes} min.`, meta }
}
