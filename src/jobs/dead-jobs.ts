import { and, eq, inArray, lte, sql } from 'drizzle-orm'
import { addMs } from '#lib/clock.ts'
import { JOB_LEASE_MS, type Job } from './job.ts'
import { jobs } from './tables.ts'
import { runClaimed, type WorkerContext } from './worker.ts'

/**
 * Takes over the jobs of an org and these kinds whose worker is dead, like a worker: for a command, which may run where no
 * worker does. Comes back when they are done, put back or given up.
 */
export async function runDeadJobs<C extends WorkerContext>(
  ctx: C,
  list: readonly Job<C>[],
  orgId: number,
): Promise<void> {
  const now = ctx.clock.now()
  const worker = ctx.random.uuid()
  const kinds = list.map(({ kind }) => kind)
  const isDead = and(eq(jobs.state, 'running'), lte(jobs.lockedUntil, now))
  const taken = await ctx.db
    .update(jobs)
    .set({ attempts: sql`${jobs.attempts} + 1`, lockedBy: worker, lockedUntil: addMs(now, JOB_LEASE_MS) })
    .where(and(isDead, eq(jobs.orgId, orgId), inArray(jobs.kind, kinds)))
    .returning()
  const never = new AbortController().signal
  const turn = { worker, claimedMs: JOB_LEASE_MS, stopping: never, abandoned: never, leavePlace: () => {} }
  const runs = taken.map(async (row) => {
    const job = list.find(({ kind }) => kind === row.kind)
    if (job) await runClaimed(ctx, job, row, turn)
  })
  await Promise.all(runs)
}
