import { and, eq } from 'drizzle-orm'
import type { Tx } from '#db/database.ts'
import { addMs } from '#lib/clock.ts'
import { reduceError } from '#lib/log.ts'
import { keepLease } from './attempt.ts'
import { JOB_LEASE_MS } from './job.ts'
import { endJob, type Lease } from './lease.ts'
import { jobs } from './tables.ts'
import type { WorkerContext } from './worker.ts'

type HeldWork<T> = Readonly<{
  /** Its signal aborts when the job went to a worker. */
  work: (signal: AbortSignal) => Promise<T>
  /** Tells the job's room. While that does not succeed the job stays open, for a worker to give up. */
  onFailed: (error: unknown) => Promise<void>
}>

/**
 * Takes a job in the transaction that adds it, so that no worker sees it waiting; `workOn` does it. When this process dies, a
 * worker takes the job over as it does that of a dead worker.
 */
export async function holdJob(
  { clock, random }: Pick<WorkerContext, 'clock' | 'random'>,
  tx: Tx,
  uniqueKey: string,
): Promise<Lease> {
  const worker = random.uuid()
  const lockedUntil = addMs(clock.now(), JOB_LEASE_MS)
  const [held] = await tx
    .update(jobs)
    .set({ state: 'running', attempts: 1, lockedBy: worker, lockedUntil })
    .where(and(eq(jobs.uniqueKey, uniqueKey), eq(jobs.state, 'waiting')))
    .returning({ id: jobs.id })
  if (!held) throw new Error('a job to hold is not there')
  return { id: held.id, worker, attempt: 1 }
}

/** Does the work of a held job, once, and ends the job with it. Answers what the work answers, and throws what it throws. */
export async function workOn<T>(ctx: WorkerContext, lease: Lease, { work, onFailed }: HeldWork<T>): Promise<T> {
  const [over, lost] = [new AbortController(), new AbortController()]
  const times = { leaseMs: JOB_LEASE_MS, claimedMs: JOB_LEASE_MS }
  const kept = keepLease(ctx, lease, times, over.signal, () => lost.abort())
  try {
    const done = await work(lost.signal).catch(async (error: unknown) => {
      await onFailed(error)
      await endJob(ctx, lease, { state: 'failed', lastError: String(reduceError(error).message) })
      throw error
    })
    await endJob(ctx, lease, { state: 'done', lastError: null })
    return done
  } finally {
    over.abort()
    await kept
  }
}
