import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { claimJobs, endJob, releaseJob, renewLease } from '#jobs/lease.ts'
import { jobs } from '#jobs/tables.ts'
import { startWorker, type WorkerContext } from '#jobs/worker.ts'
import { addMs } from '#lib/clock.ts'
import { asJob, enqueue, eventually, openJobs, otherNode, standingClock } from './context.ts'

const LEASE_MS = 60_000

function claim(ctx: WorkerContext, worker: string, limit = 10) {
  return claimJobs(ctx, { worker, kinds: ['note.write'], limit, leaseMs: LEASE_MS })
}

async function rowOf(ctx: WorkerContext, id: string) {
  const [row] = await ctx.db.select().from(jobs).where(eq(jobs.id, id))
  return row
}

test('a taken job cannot be claimed until its lease ends, and then it can', async () => {
  const clock = standingClock()
  await using ctx = await openJobs(clock)
  const id = await enqueue(ctx, { kind: 'note.write', payload: null })
  expect((await claim(ctx, 'one')).map((row) => row.attempts)).toEqual([1])
  clock.advance(LEASE_MS - 1)
  expect(await claim(ctx, 'two')).toEqual([])
  clock.advance(1)
  expect((await claim(ctx, 'two')).map((row) => [row.id, row.attempts, row.lockedBy])).toEqual([[id, 2, 'two']])
})

test('a renewed lease lasts from its renewal', async () => {
  const clock = standingClock()
  await using ctx = await openJobs(clock)
  const id = await enqueue(ctx, { kind: 'note.write', payload: null })
  await claim(ctx, 'one')
  clock.advance(LEASE_MS - 1)
  expect(await renewLease(ctx, { id, worker: 'one', attempt: 1 }, LEASE_MS)).toBe(true)
  clock.advance(LEASE_MS - 1)
  expect(await claim(ctx, 'two')).toEqual([])
})

test('a worker that lost its lease can neither end, release nor renew the run of another', async () => {
  const clock = standingClock()
  await using ctx = await openJobs(clock)
  const id = await enqueue(ctx, { kind: 'note.write', payload: 'kept' })
  await claim(ctx, 'one')
  clock.advance(LEASE_MS)
  await claim(ctx, 'two')
  const taken = await rowOf(ctx, id)
  const lost = { id, worker: 'one', attempt: 1 }
  expect(await endJob(ctx, lost, { state: 'done', lastError: null })).toBe(false)
  expect(await releaseJob(ctx, lost, { runAt: clock.now(), attempts: 0, lastError: null })).toBe(false)
  expect(await renewLease(ctx, lost, LEASE_MS)).toBe(false)
  expect(await rowOf(ctx, id)).toEqual(taken)
  expect(await endJob(ctx, { id, worker: 'two', attempt: 2 }, { state: 'done', lastError: null })).toBe(true)
})

test('a worker that took its own job a second time cannot end it as the first', async () => {
  const clock = standingClock()
  await using ctx = await openJobs(clock)
  const id = await enqueue(ctx, { kind: 'note.write', payload: null })
  await claim(ctx, 'one')
  clock.advance(LEASE_MS)
  await claim(ctx, 'one')
  expect(await endJob(ctx, { id, worker: 'one', attempt: 1 }, { state: 'done', lastError: null })).toBe(false)
  expect(await endJob(ctx, { id, worker: 'one', attempt: 2 }, { state: 'done', lastError: null })).toBe(true)
})

test('a worker that gave a job back cannot end the run of the next, which has the same number', async () => {
  await using ctx = await openJobs()
  const id = await enqueue(ctx, { kind: 'note.write', payload: null })
  await claim(ctx, 'one')
  const mine = { id, worker: 'one', attempt: 1 }
  expect(await releaseJob(ctx, mine, { runAt: ctx.clock.now(), attempts: 0, lastError: null })).toBe(true)
  await claim(ctx, 'two')
  expect(await endJob(ctx, mine, { state: 'done', lastError: null })).toBe(false)
  expect(await endJob(ctx, { ...mine, worker: 'two' }, { state: 'done', lastError: null })).toBe(true)
})

test('a job is not claimed before its time', async () => {
  const clock = standingClock()
  await using ctx = await openJobs(clock)
  const runAt = new Date(clock.now().getTime() + 5_000)
  const id = await enqueue(ctx, { kind: 'note.write', payload: null, runAt })
  expect(await claim(ctx, 'one')).toEqual([])
  clock.set(runAt)
  expect((await claim(ctx, 'one')).map((row) => row.id)).toEqual([id])
})

test('a claim takes the oldest jobs and no more than its limit', async () => {
  const clock = standingClock()
  await using ctx = await openJobs(clock)
  const ids: string[] = []
  for (let n = 0; n < 5; n++) {
    ids.push(await enqueue(ctx, { kind: 'note.write', payload: n }))
    clock.advance(1)
  }
  expect((await claim(ctx, 'one', 2)).map((row) => row.id)).toEqual(ids.slice(0, 2))
  expect((await claim(ctx, 'one', 9)).map((row) => row.id)).toEqual(ids.slice(2))
})

test('twenty claims at once take each of ten jobs once', async () => {
  await using ctx = await openJobs()
  for (let n = 0; n < 10; n++) await enqueue(ctx, { kind: 'note.write', payload: n })
  const taken = await Promise.all(Array.from({ length: 20 }, (_, n) => claim(ctx, `worker ${n}`, 3)))
  // A claim may find the rows it saw locked by another and take fewer; what is left, the next one takes.
  const ids = [...taken.flat(), ...(await claim(ctx, 'the last'))].map((row) => row.id)
  expect(ids).toHaveLength(10)
  expect(new Set(ids).size).toBe(10)
})

test('a run longer than its lease is kept by its worker', async () => {
  const clock = standingClock()
  await using ctx = await openJobs(clock)
  let runs = 0
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const run = () => {
    runs++
    return ended
  }
  const job = asJob('note.write', run, { leaseMs: 200 })
  await using _one = startWorker(ctx, [job], { pollMs: 10 })
  await using _two = startWorker(otherNode(ctx), [job], { pollMs: 10 })
  const id = await enqueue(ctx, { kind: 'note.write', payload: null })
  await eventually(() => runs === 1)
  for (let pause = 1; pause <= 5; pause++) {
    // Time goes on only when the lease was renewed, however busy the machine is.
    clock.advance(150)
    const renewedUntil = addMs(clock.now(), 200).getTime()
    await eventually(async () => (await rowOf(ctx, id))?.lockedUntil?.getTime() === renewedUntil)
  }
  end()
  await eventually(async () => (await rowOf(ctx, id))?.state === 'done')
  expect(runs).toBe(1)
})

test('a job with a longer lease than its neighbours has it from the start', async () => {
  await using ctx = await openJobs()
  const started = Promise.withResolvers<void>()
  const job = asJob(
    'note.write',
    async () => {
      started.resolve()
      await Bun.sleep(100)
    },
    { leaseMs: LEASE_MS },
  )
  const neighbour = asJob('note.read', async () => {}, { leaseMs: 1_000 })
  await using _worker = startWorker(ctx, [job, neighbour], { pollMs: 10 })
  const id = await enqueue(ctx, { kind: 'note.write', payload: null })
  await started.promise
  await eventually(
    async () => ((await rowOf(ctx, id))?.lockedUntil?.getTime() ?? 0) > ctx.clock.now().getTime() + 30_000,
  )
})

test('a run whose job went to another worker is told to stop, and does not end it', async () => {
  await using ctx = await openJobs()
  const started = Promise.withResolvers<void>()
  const stopped = Promise.withResolvers<void>()
  const job = asJob(
    'note.write',
    async (_, run) => {
      run.signal.addEventListener('abort', () => stopped.resolve())
      started.resolve()
      await stopped.promise
    },
    { leaseMs: 150 },
  )
  await using _worker = startWorker(ctx, [job], { pollMs: 60_000 })
  const id = await enqueue(ctx, { kind: 'note.write', payload: null })
  await started.promise
  const theft = { lockedBy: 'thief', attempts: 2, lockedUntil: new Date(ctx.clock.now().getTime() + LEASE_MS) }
  await ctx.db.update(jobs).set(theft).where(eq(jobs.id, id))
  await stopped.promise
  await eventually(() => ctx.lines.some((line) => line.includes('went to another worker')))
  expect(await rowOf(ctx, id)).toMatchObject({ state: 'running', ...theft })
})

test('a stop tells running jobs, waits for them, and gives back those it cut short', async () => {
  await using ctx = await openJobs()
  const started = Promise.withResolvers<void>()
  const hears = asJob('note.write', async (_, run) => {
    started.resolve()
    await new Promise((resolve) => run.signal.addEventListener('abort', resolve))
    throw new Error('cut short')
  })
  const finishes = asJob('note.read', () => Bun.sleep(300))
  const worker = startWorker(ctx, [hears, finishes], { pollMs: 10 })
  const cut = await enqueue(ctx, { kind: 'note.write', payload: 'kept' })
  const whole = await enqueue(ctx, { kind: 'note.read', payload: null })
  await started.promise
  await eventually(async () => (await rowOf(ctx, whole))?.state === 'running')
  await worker[Symbol.asyncDispose]()
  expect((await rowOf(ctx, whole))?.state).toBe('done')
  expect(await rowOf(ctx, cut)).toMatchObject({ state: 'waiting', attempts: 0, lockedBy: null })
  expect((await rowOf(ctx, cut))?.payload).toContain('kept')
})

test('a stop does not wait longer than it may, and the job is claimed again when its lease ends', async () => {
  await using ctx = await openJobs()
  const held = Promise.withResolvers<void>()
  const worker = startWorker(ctx, [asJob('note.write', () => held.promise, { leaseMs: 200 })], {
    pollMs: 10,
    stopWaitMs: 50,
  })
  const id = await enqueue(ctx, { kind: 'note.write', payload: null })
  await eventually(async () => (await rowOf(ctx, id))?.state === 'running')
  const stoppedAt = performance.now()
  await worker[Symbol.asyncDispose]()
  expect(performance.now() - stoppedAt).toBeLessThan(1_000)
  await using _next = startWorker(otherNode(ctx), [asJob('note.write', async () => {})], { pollMs: 10 })
  await eventually(async () => (await rowOf(ctx, id))?.state === 'done')
  expect((await rowOf(ctx, id))?.attempts).toBe(2)
  held.resolve()
})
