import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { jobs } from '#jobs/tables.ts'
import { startWorker, type WorkerOptions } from '#jobs/worker.ts'
import { asJob, eventually, fill, openJobs } from './context.ts'

/** Long enough for a worker that polls every 10 ms to do what it must not. */
const A_WHILE_MS = 150
const NAMES = 'abcdef'

/** Jobs named a, b, c … in this order, each with the org whose place it takes; they end when they are told to. */
async function openPlaces(orgs: readonly number[], leaving: Readonly<Record<string, number>>, options: WorkerOptions) {
  const ctx = await openJobs()
  const begun: string[] = []
  const gate = Promise.withResolvers<void>()
  const job = asJob('note.write', async (_, run) => {
    const name = NAMES[ids.indexOf(run.id)] ?? ''
    begun.push(name)
    for (let times = 0; times < (leaving[name] ?? 0); times++) run.leavePlace()
    await gate.promise
  })
  const ids = await fill(ctx, orgs)
  const worker = startWorker(ctx, [job], { pollMs: 10, ...options })
  return {
    ...{ begun, release: gate.resolve },
    ended: () => eventually(async () => (await ctx.db.$count(jobs, eq(jobs.state, 'done'))) === orgs.length),
    async [Symbol.asyncDispose]() {
      gate.resolve()
      await worker[Symbol.asyncDispose]()
      await ctx[Symbol.asyncDispose]()
    },
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
