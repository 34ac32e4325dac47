import { addMs } from '#lib/clock.ts'
import { reduceError } from '#lib/log.ts'
import { randomFraction } from '#lib/random.ts'
import { GiveUp, isPermanent, type Job, type JobRun } from './job.ts'
import { endJob, type Lease, releaseJob, renewLease } from './lease.ts'
import type { StoredJob } from './queue.ts'
import type { WorkerContext } from './worker.ts'

/** A share of the back-off, so that jobs that failed together do not come back together. */
const JITTER_SHARE = 0.2
/** How often the last word to a job's room is tried before the job is closed without it. */
const GIVING_UP_TRIES_MAX = 5
const LEASE_RENEWALS = 3

type Attempt<C> = Readonly<{
  ctx: C
  job: Job<C>
  row: StoredJob
  lease: Lease
  run: JobRun<undefined>
}>
type Prepared<C> = ReturnType<Job<C>['prepare']>

/** Runs one claimed job to its end, its next try or its failure, whatever it throws. What the row says afterwards is final. */
export async function attemptJob<C extends WorkerContext>(attempt: Attempt<C>, stopping: AbortSignal): Promise<void> {
  const { ctx, job, row, lease, run } = attempt
  try {
    const isOurs = await settle(attempt, stopping)
    if (!isOurs) ctx.log.warn('a job went to another worker', { job: lease.id, kind: job.kind, attempt: run.attempt })
  } catch (error) {
    // The lease ends by itself, and the job is claimed again.
    ctx.log.error("a job's end could not be written", { job: row.id, kind: job.kind, error })
  }
}

/** Keeps a lease alive until `ended`; calls `onLost` when it is another's, or cannot be renewed before it ends. */
export async function keepLease<C extends WorkerContext>(
  ctx: C,
  lease: Lease,
  times: Readonly<{ leaseMs: number; claimedMs: number }>,
  ended: AbortSignal,
  onLost: () => void,
): Promise<void> {
  let heldUntil = addMs(ctx.clock.now(), times.claimedMs)
  let pauseMs = times.claimedMs === times.leaseMs ? times.leaseMs / LEASE_RENEWALS : 0
  while (!ended.aborted) {
    if (pauseMs > 0) await ctx.clock.sleep(pauseMs, ended)
    if (ended.aborted) return
    const askedAt = ctx.clock.now()
    const isRenewed = await renewLease(ctx, lease, times.leaseMs).catch(() => undefined)
    if (isRenewed) heldUntil = addMs(askedAt, times.leaseMs)
    if (isRenewed === false || ctx.clock.now() >= heldUntil) return onLost()
    pauseMs = times.leaseMs / LEASE_RENEWALS
  }
}

/** False when the lease was lost on the way: then the row is another worker's. */
async function settle<C extends WorkerContext>(attempt: Attempt<C>, stopping: AbortSignal): Promise<boolean> {
  const { ctx, job, row, lease, run } = attempt
  let prepared: Prepared<C>
  try {
    prepared = job.prepare(ctx.jobs.payloadOf(row))
  } catch (error) {
    ctx.log.error('a job has an unreadable payload', { job: row.id, kind: job.kind, error })
    return endJob(ctx, lease, { state: 'failed', lastError: wordsOf(error) })
  }
  if (row.attempts > job.attemptsMax) {
    const reason = new GiveUp(row.lastError ?? 'The worker stopped in the middle of every attempt.')
    return giveUp(attempt, prepared, reason)
  }
  try {
    await prepared.run(ctx, run)
  } catch (error) {
    return afterFailure(attempt, prepared, error, stopping)
  }
  if (run.ending.isWritten) return true
  return endJob(ctx, lease, { state: 'done', lastError: null })
}

async function afterFailure<C extends WorkerContext>(
  attempt: Attempt<C>,
  prepared: Prepared<C>,
  error: unknown,
  stopping: AbortSignal,
): Promise<boolean> {
  const { ctx, job, row, lease, run } = attempt
  if (isPermanent(error)) return giveUp(attempt, prepared, error)
  // Cut short by our own stop: that was no failure of the job, so it does not count.
  if (stopping.aborted) {
    return releaseJob(ctx, lease, { runAt: ctx.clock.now(), attempts: row.attempts - 1, lastError: row.lastError })
  }
  if (row.attempts >= job.attemptsMax) return giveUp(attempt, prepared, error)
  ctx.log.warn('a job failed and will be tried again', { job: row.id, kind: job.kind, attempt: run.attempt, error })
  const back = { runAt: nextTry(attempt), attempts: row.attempts, lastError: wordsOf(error) }
  return releaseJob(ctx, lease, back)
}

// The room hears of it before the row is closed: a worker that dies in between is followed by one that tells it again.
async function giveUp<C extends WorkerContext>(
  attempt: Attempt<C>,
  prepared: Prepared<C>,
  error: unknown,
): Promise<boolean> {
  const { ctx, job, row, lease, run } = attempt
  const lastError = wordsOf(error)
  try {
    await prepared.giveUp(ctx, run, error)
  } catch (failure) {
    ctx.log.error('giving up a job failed', { job: row.id, kind: job.kind, error: failure })
    if (row.attempts < job.attemptsMax + GIVING_UP_TRIES_MAX) {
      const attempts = Math.max(row.attempts, job.attemptsMax)
      return releaseJob(ctx, lease, { runAt: nextTry(attempt), attempts, lastError })
    }
  }
  ctx.log.error('a job was given up', { job: row.id, kind: job.kind, attempt: run.attempt, error })
  return endJob(ctx, lease, { state: 'failed', lastError })
}

function nextTry<C extends WorkerContext>({ ctx, job, row }: Attempt<C>): Date {
  const spread = 1 + JITTER_SHARE * (2 * randomFraction(ctx.random) - 1)
  return addMs(ctx.clock.now(), Math.round(job.backoffMs(row.attempts) * spread))
}

function wordsOf(error: unknown): string {
  return String(reduceError(error).message)
}
