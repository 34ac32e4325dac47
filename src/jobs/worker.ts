import type { Database, Tx } from '#db/database.ts'
import { addMs, type Clock, SECOND_MS } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Random } from '#lib/random.ts'
import { attemptJob, keepLease } from './attempt.ts'
import { createBell } from './bell.ts'
import { claimFairly } from './fair-claim.ts'
import { endingOf, writeEnding } from './finish.ts'
import type { Job, JobRun, JobScope } from './job.ts'
import { claimJobs } from './lease.ts'
import { createPlaces } from './places.ts'
import type { Queue, StoredJob } from './queue.ts'
import { createSightings } from './sightings.ts'

/** What the worker itself needs of a context; handlers get the whole of it. */
export type WorkerContext = Readonly<{ db: Database; clock: Clock; random: Random; log: Log; jobs: Queue }>

export type WorkerOptions = Readonly<{
  /** Jobs at once; one that leaves its place does not count until there are two for each. */
  concurrency?: number
  /** Of those, for one org; no such limit when absent. */
  perOrgMax?: number
  /** How long ends and beginnings gather before the next claim: one claim of many costs what one of one does. */
  gatherMs?: number
  /** How soon work that another node added is seen. */
  pollMs?: number
  /** How long a stop waits for running jobs; what is left is claimed again when its lease ends. */
  stopWaitMs?: number
}>

/** How often a worker that takes jobs fairly looks for those whose worker died. */
const DEAD_LOOK_MS = SECOND_MS
export const WORKER_CONCURRENCY = 8
export const WORKER_POLL_MS = SECOND_MS
export const WORKER_STOP_WAIT_MS = 8 * SECOND_MS

/**
 * Works through the queue until disposed. Any number of nodes may run one: a job runs on one of them at a time, and at
 * least once. Kinds that are not in the list stay for a node that knows them. Disposing stops claiming, aborts the
 * handlers' signals and waits for them.
 */
export function startWorker<C extends WorkerContext>(
  ctx: C,
  list: readonly Job<C>[],
  options: WorkerOptions = {},
): AsyncDisposable {
  const { concurrency = WORKER_CONCURRENCY, pollMs = WORKER_POLL_MS, stopWaitMs = WORKER_STOP_WAIT_MS } = options
  const byKind = indexByKind(list)
  const worker = ctx.random.uuid()
  const claimedMs = Math.min(...list.map((job) => job.leaseMs))
  const stop = new AbortController()
  const abandon = new AbortController()
  const turn = { worker, claimedMs, stopping: stop.signal, abandoned: abandon.signal }
  const running = new Set<Promise<void>>()
  const bell = createBell(ctx.clock)
  const places = createPlaces()
  const unsubscribe = ctx.jobs.onEnqueued((kind) => byKind.has(kind) && bell.ring())
  const wanted = { worker, kinds: [...byKind.keys()], leaseMs: claimedMs }
  const claim = loggedOnce(ctx.log, claimerOf(ctx, wanted, options.perOrgMax, places.usedByOrg))
  const loop = list.length > 0 ? work() : Promise.resolve()

  async function work() {
    while (!stop.signal.aborted) {
      const free = concurrency - places.used(concurrency)
      const rows = free > 0 ? await claim(free) : []
      for (const row of rows) begin(row)
      // As many as we could take: there may be more, and each end of a job rings.
      if (rows.length < free || free <= 0) await bell.wait(pollMs)
      if (options.gatherMs !== undefined) await ctx.clock.sleep(options.gatherMs, stop.signal)
    }
  }

  function begin(row: StoredJob) {
    const job = byKind.get(row.kind)
    if (!job) return
    const place = places.take(row)
    const leavePlace = () => {
      place.leave()
      bell.ring()
    }
    const ended = runClaimed(ctx, job, row, { ...turn, leavePlace }).finally(() => {
      running.delete(ended)
      place.end()
      bell.ring()
    })
    running.add(ended)
  }

  async function end() {
    unsubscribe()
    stop.abort()
    bell.ring()
    await loop
    const waited = new AbortController()
    await Promise.race([Promise.all(running), ctx.clock.sleep(stopWaitMs, waited.signal)])
    waited.abort()
    if (running.size > 0) ctx.log.warn('stopped with jobs still running', { jobs: running.size })
    abandon.abort()
  }

  return { [Symbol.asyncDispose]: end }
}

/** A worker's claim: for how long it holds at first, and when the worker stops, or stops waiting for it. */
type Turn = Readonly<{
  worker: string
  claimedMs: number
  stopping: AbortSignal
  abandoned: AbortSignal
  leavePlace: () => void
}>

/** Carries out one job that was claimed for `worker`, and keeps its lease alive meanwhile. */
export async function runClaimed<C extends WorkerContext>(
  ctx: C,
  job: Job<C>,
  row: StoredJob,
  { worker, claimedMs, stopping, abandoned, leavePlace }: Turn,
): Promise<void> {
  const lease = { id: row.id, worker, attempt: row.attempts }
  const lost = new AbortController()
  const over = new AbortController()
  const times = { leaseMs: job.leaseMs, claimedMs }
  const kept = keepLease(ctx, lease, times, AbortSignal.any([over.signal, abandoned]), () => lost.abort())
  const ending = endingOf(lease)
  const finish = (tx: Tx) => writeEnding(tx, ending)
  const run = { ...describeRun(row, AbortSignal.any([stopping, lost.signal])), finish, ending, leavePlace }
  await attemptJob({ ctx, job, row, lease, run }, stopping)
  over.abort()
  await kept
}

function claimerOf(
  ctx: WorkerContext,
  wanted: Readonly<{ worker: string; kinds: readonly string[]; leaseMs: number }>,
  perOrgMax: number | undefined,
  usedByOrg: (max: number) => ReadonlyMap<number, number>,
) {
  const seen = createSightings()
  let nextLook = ctx.clock.now()
  return (limit: number): Promise<StoredJob[]> => {
    if (perOrgMax === undefined) return claimJobs(ctx, { ...wanted, limit })
    const now = ctx.clock.now()
    const isLookDue = now >= nextLook
    if (isLookDue) nextLook = addMs(now, DEAD_LOOK_MS)
    return claimFairly(ctx, { ...wanted, limit, perOrgMax, load: usedByOrg(perOrgMax), withDead: isLookDue, seen })
  }
}

function indexByKind<C>(list: readonly Job<C>[]): ReadonlyMap<string, Job<C>> {
  const byKind = new Map(list.map((job) => [job.kind, job]))
  if (byKind.size < list.length) throw new Error('two jobs have the same kind')
  return byKind
}

function describeRun(row: StoredJob, signal: AbortSignal): Omit<JobRun<undefined>, 'finish' | 'ending' | 'leavePlace'> {
  const orgId = row.orgId ?? undefined
  const scope = orgId === undefined ? undefined : jobScope(orgId, row.id)
  return { id: row.id, orgId, attempt: row.attempts, payload: undefined, scope, signal }
}

// A job may do what its room's code does and nothing that asks for a permission: it acts for no person.
function jobScope(orgId: number, jobId: string): JobScope {
  return { orgId, actor: { kind: 'job', jobId }, permissions: new Set<never>() }
}

/** A claim that fails is no claim; the log hears of the first failure of a row, and of its end. */
function loggedOnce(log: Log, claim: (limit: number) => Promise<StoredJob[]>) {
  let isFailing = false
  return async (limit: number): Promise<StoredJob[]> => {
    try {
      const rows = await claim(limit)
      if (isFailing) log.info('the job queue answers again')
      isFailing = false
      return rows
    } catch (error) {
      if (!isFailing) log.error('the job queue does not answer', { error })
      isFailing = true
      return []
    }
  }
}
