import { expect, test } from 'bun:test'
import { jobs } from '#jobs/tables.ts'
import { startWorker, type WorkerContext, type WorkerOptions } from '#jobs/worker.ts'
import { asJob, enqueue, eventually, openJobs } from './context.ts'

/** Long enough for a worker that polls every 10 ms to do what it must not. */
const A_WHILE_MS = 150

/** Jobs named a, b, c … in this order, each with the org whose place it takes; they end when they are told to. */
async function openPlaces(orgs: readonly number[], leaving: Readonly<Record<string, number>>, options: WorkerOptions) {
  const ctx = await openJobs()
  const begun: string[] = []
  const gate = Promise.withResolvers<void>()
  const job = asJob('note.write', async (_, run) => {
    const name = String(run.payload)
    begun.push(name)
    for (let times = 0; times < (leaving[name] ?? 0); times++) run.leavePlace()
    await gate.promise
  })
  await fill(ctx, orgs)
  const worker = startWorker(ctx, [job], { pollMs: 10, ...options })
  return {
    ...{ begun, release: gate.resolve },
    ended: () => eventually(() => isAllDone(ctx)),
    async [Symbol.asyncDispose]() {
      gate.resolve()
      await worker[Symbol.asyncDispose]()
      await ctx[Symbol.asyncDispose]()
    },
  }
}

async function isAllDone(ctx: WorkerContext): Promise<boolean> {
  return (await ctx.db.select({ state: jobs.state }).from(jobs)).every(({ state }) => state === 'done')
}

async function fill(ctx: WorkerContext, orgs: readonly number[]): Promise<void> {
  for (const [place, orgId] of orgs.entries()) {
    const runAt = new Date(ctx.clock.now().getTime() - 10_000 + place)
    await enqueue(ctx, { kind: 'note.write', payload: String.fromCharCode('a'.charCodeAt(0) + place), orgId, runAt })
  }
}

test('a job that left its place lets another begin, until there are two jobs for each place', async () => {
  const everyone = { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 }
  await using places = await openPlaces([1, 1, 1, 1, 1, 1], everyone, { concurrency: 2 })
  await eventually(() => places.begun.length === 4)
  await Bun.sleep(A_WHILE_MS)
  expect(places.begun).toEqual(['a', 'b', 'c', 'd'])
  places.release()
  await places.ended()
  expect(places.begun).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

test('a job leaves one place, however often it says so', async () => {
  await using places = await openPlaces([1, 1, 1, 1], { a: 3 }, { concurrency: 2 })
  await eventually(() => places.begun.length === 3)
  await Bun.sleep(A_WHILE_MS)
  expect(places.begun).toEqual(['a', 'b', 'c'])
})

test('of one org there are never more than two jobs for each of its places, so that others find some', async () => {
  const everyone = { a: 1, b: 1, c: 1, d: 1 }
  await using places = await openPlaces([1, 1, 1, 1, 2], everyone, { concurrency: 8, perOrgMax: 1 })
  await eventually(() => places.begun.length === 3)
  await Bun.sleep(A_WHILE_MS)
  expect(places.begun.toSorted()).toEqual(['a', 'b', 'e'])
  places.release()
  await places.ended()
  expect(places.begun.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('a place of its org is left, too, and one that is kept counts', async () => {
  await using places = await openPlaces([1, 1, 1, 2], { a: 1 }, { concurrency: 8, perOrgMax: 1 })
  await eventually(() => places.begun.length === 3)
  await Bun.sleep(A_WHILE_MS)
  expect(places.begun.toSorted()).toEqual(['a', 'b', 'd'])
})
