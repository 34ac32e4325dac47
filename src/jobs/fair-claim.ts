import { and, eq, inArray, isNull, lte, notInArray, or, type SQL, sql } from 'drizzle-orm'
import { type Database, skipLocked } from '#db/database.ts'
import { addMs, type Clock } from '#lib/clock.ts'
import { NO_ORG, orgKeyOf } from './places.ts'
import type { StoredJob } from './queue.ts'
import type { Sighted, Sightings } from './sightings.ts'
import { jobs } from './tables.ts'

type FairClaim = Readonly<{
  worker: string
  kinds: readonly string[]
  limit: number
  leaseMs: number
  /** Jobs of one org at once. */
  perOrgMax: number
  /** What each org has of it now. */
  load: ReadonlyMap<number, number>
  /** Also those whose worker's lease has ended. */
  withDead: boolean
  /** What this worker saw in passing when it looked before. */
  seen: Sightings
}>

/** Each look leaves out the orgs that are full by then. */
const LOOKS_MAX = 8
const WIDE_LOOK_ROWS = 4_000
/** What a wide look brings of each org: what an org sends until these are forgotten. */
const SEEN_OF_ORG_MAX = 128
/** How often a claim that another node was faster with is tried again. */
const TRIES_MAX = 3

/**
 * Takes jobs as `claimJobs` does, but of each org no more than it may have at once: the oldest of those orgs that are not
 * full. However many jobs of one org wait, those of another are found at once.
 */
export async function claimFairly(
  ctx: Readonly<{ db: Database; clock: Clock }>,
  claim: FairClaim,
): Promise<StoredJob[]> {
  for (let tries = 1; ; tries++) {
    const picked = await pick(ctx, claim)
    if (picked.length === 0) return []
    const taken = await take(ctx, claim, picked)
    // Another node is at the same ones.
    if (taken.length < picked.length) claim.seen.forget()
    if (taken.length > 0 || tries === TRIES_MAX) return taken.sort((a, b) => a.runAt.getTime() - b.runAt.getTime())
  }
}

/** Looks without a lock: whether they can still be taken is seen when they are. */
async function pick(ctx: Readonly<{ db: Database; clock: Clock }>, claim: FairClaim): Promise<string[]> {
  const { limit, perOrgMax, seen } = claim
  const now = ctx.clock.now()
  const load = new Map(claim.load)
  const picked: string[] = []

  /** Whether there is room for it. */
  function pickUp(row: Sighted): boolean {
    const org = orgKeyOf(row)
    const count = load.get(org) ?? 0
    if (count >= perOrgMax || picked.length >= limit) return false
    load.set(org, count + 1)
    picked.push(row.id)
    return true
  }

  const dead = and(eq(jobs.state, 'running'), lte(jobs.lockedUntil, now))
  const waiting = and(eq(jobs.state, 'waiting'), lte(jobs.runAt, now))
  for (const state of claim.withDead ? [dead, waiting] : [waiting]) {
    if (state === waiting) seen.offer(now, pickUp)
    for (let look = 1; look <= LOOKS_MAX && picked.length < limit; look++) {
      const full = [...load].flatMap(([org, count]) => (count >= perOrgMax ? [org] : []))
      // The org before the kind: SQLite asks in this order, and the jobs of full orgs may be very many.
      const isWanted = and(state, isOfOther(full), inArray(jobs.kind, [...claim.kinds]), isOther(picked))
      const rows = await (look === 1 ? lookAtFirst(ctx, isWanted, limit) : lookWidely(ctx, isWanted))
      const rest = rows.filter((row) => !pickUp(row))
      if (state === waiting) seen.add(now, rest)
      if (rows.length < (look === 1 ? limit : 1)) break
    }
  }
  return picked
}

type Look = Promise<Sighted[]>

/** The oldest, which is all there is unless many wait. */
async function lookAtFirst({ db }: Readonly<{ db: Database }>, isWanted: SQL | undefined, limit: number): Look {
  return await db.select({ id: jobs.id, orgId: jobs.orgId }).from(jobs).where(isWanted).orderBy(jobs.runAt).limit(limit)
}

/** The oldest of each org among the oldest `WIDE_LOOK_ROWS`: where many of one org wait, those of others stand far behind. */
async function lookWidely({ db }: Readonly<{ db: Database }>, isWanted: SQL | undefined): Look {
  const { id, orgId, runAt } = jobs
  const some = db
    .select({ id, orgId, runAt })
    .from(jobs)
    .where(isWanted)
    .orderBy(runAt)
    .limit(WIDE_LOOK_ROWS)
    .as('some')
  const place = sql<number>`row_number() over (partition by ${some.orgId} order by ${some.runAt})`.as('place')
  const placed = db.select({ id: some.id, orgId: some.orgId, runAt: some.runAt, place }).from(some).as('placed')
  return await db
    .select({ id: placed.id, orgId: placed.orgId })
    .from(placed)
    .where(lte(placed.place, SEEN_OF_ORG_MAX))
    .orderBy(placed.runAt)
}

async function take(
  { db, clock }: Readonly<{ db: Database; clock: Clock }>,
  { worker, leaseMs }: FairClaim,
  ids: readonly string[],
): Promise<StoredJob[]> {
  const now = clock.now()
  const isDue = or(
    and(eq(jobs.state, 'waiting'), lte(jobs.runAt, now)),
    and(eq(jobs.state, 'running'), lte(jobs.lockedUntil, now)),
  )
  const free = db
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(inArray(jobs.id, [...ids]), isDue))
  return await db
    .update(jobs)
    .set({
      state: 'running',
      attempts: sql`${jobs.attempts} + 1`,
      lockedBy: worker,
      lockedUntil: addMs(now, leaseMs),
    })
    .where(inArray(jobs.id, skipLocked(db, free)))
    .returning()
}

function isOfOther(orgs: readonly number[]): SQL | undefined {
  if (orgs.length === 0) return undefined
  const named = orgs.filter((org) => org !== NO_ORG)
  const isNamedOther = named.length > 0 ? notInArray(jobs.orgId, named) : undefined
  if (orgs.includes(NO_ORG)) return and(sql`${jobs.orgId} is not null`, isNamedOther)
  return or(isNull(jobs.orgId), isNamedOther)
}

function isOther(ids: readonly string[]): SQL | undefined {
  return ids.length > 0 ? notInArray(jobs.id, [...ids]) : undefined
}
