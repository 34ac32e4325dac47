import { and, eq, inArray, lte, or, type SQL, sql } from 'drizzle-orm'
import { type Database, prepared, skipLocked, type Tx } from '#db/database.ts'
import { addMs, type Clock } from '#lib/clock.ts'
import type { StoredJob } from './queue.ts'
import { jobs } from './tables.ts'

const HELD = {
  id: sql.placeholder('id'),
  worker: sql.placeholder('worker'),
  attempt: sql.placeholder('attempt'),
}

type LeaseContext = Readonly<{ db: Database; clock: Clock }>

/** One claim of one job: nobody else's run has the same worker and attempt, so an update that names both cannot touch it. */
export type Lease = Readonly<{ id: string; worker: string; attempt: number }>

/**
 * Takes up to `limit` jobs that are due, or whose worker's lease has ended, for `leaseMs`, oldest first. One statement:
 * two workers never take the same job. The attempt counts from here on, whether or not the worker lives to see its end.
 */
export async function claimJobs(
  ctx: LeaseContext,
  claim: Readonly<{ worker: string; kinds: readonly string[]; limit: number; leaseMs: number }>,
): Promise<StoredJob[]> {
  const { db, clock } = ctx
  const now = clock.now()
  const isDue = or(
    and(eq(jobs.state, 'waiting'), lte(jobs.runAt, now)),
    and(eq(jobs.state, 'running'), lte(jobs.lockedUntil, now)),
  )
  const due = db
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(isDue, inArray(jobs.kind, [...claim.kinds])))
    .orderBy(jobs.runAt)
    .limit(claim.limit)
  // Named by WITH, the locking sub-query runs once; written in place, PostgreSQL may run it again and take too many.
  const picked = db.$with('picked').as(skipLocked(db, due))
  const taken = await db
    .with(picked)
    .update(jobs)
    .set({
      state: 'running',
      attempts: sql`${jobs.attempts} + 1`,
      lockedBy: claim.worker,
      lockedUntil: addMs(now, claim.leaseMs),
    })
    .where(inArray(jobs.id, db.select({ id: picked.id }).from(picked)))
    .returning()
  return taken.sort((a, b) => a.runAt.getTime() - b.runAt.getTime())
}

/** Holds a job for `leaseMs` from now on; false when the lease is lost. */
export async function renewLease({ db, clock }: LeaseContext, lease: Lease, leaseMs: number): Promise<boolean> {
  const set = { lockedUntil: addMs(clock.now(), leaseMs) }
  const renewed = await db.update(jobs).set(set).where(isHeld(lease)).returning({ id: jobs.id })
  return renewed.length > 0
}

/** Ends a job for good: its payload is erased and its unique key free again. False when the lease is lost. */
export async function endJob(
  { db, clock }: LeaseContext,
  lease: Lease,
  end: Readonly<{ state: 'done' | 'failed'; lastError: string | null }>,
): Promise<boolean> {
  const cleared = { payload: null, uniqueKey: null, lockedBy: null, lockedUntil: null }
  const ended = await db
    .update(jobs)
    .set({ ...end, ...cleared, finishedAt: clock.now() })
    .where(isHeld(lease))
    .returning({ id: jobs.id })
  return ended.length > 0
}

/** Takes the row of a job away in the transaction that did its work; false when the lease is lost. */
export async function deleteJob(tx: Tx, lease: Lease): Promise<boolean> {
  const query = prepared(tx, 'job_delete', (orm) => orm.delete(jobs).where(isHeld(HELD)).returning({ id: jobs.id }))
  return (await query.execute(lease)).length > 0
}

/** Takes the rows of several jobs away in the transaction that did their work; how many of them, when some lease is lost. */
export async function deleteJobs(tx: Tx, leases: readonly Lease[]): Promise<number> {
  const alike = Map.groupBy(leases, ({ worker, attempt }) => `${attempt} ${worker}`)
  const held = [...alike.values()].map(
    ([first, ...rest]) => first && and(inArray(jobs.id, [first.id, ...rest.map(({ id }) => id)]), isBy(first)),
  )
  return (
    await tx
      .delete(jobs)
      .where(or(...held))
      .returning({ id: jobs.id })
  ).length
}

/** Puts a job back to wait. `attempts` is what counts as used. False when the lease is lost. */
export async function releaseJob(
  { db }: Pick<LeaseContext, 'db'>,
  lease: Lease,
  back: Readonly<{ runAt: Date; attempts: number; lastError: string | null }>,
): Promise<boolean> {
  const released = await db
    .update(jobs)
    .set({ ...back, state: 'waiting', lockedBy: null, lockedUntil: null })
    .where(isHeld(lease))
    .returning({ id: jobs.id })
  return released.length > 0
}

function isHeld(lease: Lease | typeof HELD): SQL | undefined {
  return and(eq(jobs.id, lease.id), isBy(lease))
}

function isBy({ worker, attempt }: Omit<Lease | typeof HELD, 'id'>): SQL | undefined {
  return and(eq(jobs.state, 'running'), eq(jobs.lockedBy, worker), eq(jobs.attempts, attempt))
}
