import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { claimFairly } from '#jobs/fair-claim.ts'
import { createSightings } from '#jobs/sightings.ts'
import { jobs } from '#jobs/tables.ts'
import { startWorker, type WorkerContext } from '#jobs/worker.ts'
import { addMs } from '#lib/clock.ts'
import { asJob, enqueue, eventually, fill, openJobs, otherNode, standingClock } from './context.ts'

const LEASE_MS = 60_000
const CLAIM = { worker: 'one', kinds: ['note.write'], limit: 10, leaseMs: LEASE_MS, perOrgMax: 2, withDead: true }

function claim(ctx: WorkerContext, changed: Partial<Parameters<typeof claimFairly>[1]> = {}) {
  return claimFairly(ctx, { ...CLAIM, load: new Map(), seen: createSightings(), ...changed })
}

test('of each org no more is taken than it may have at once, the oldest first', async () => {
  await using ctx = await openJobs()
  const ids = await fill(ctx, [1, 1, 1, 1, 2, 1, 2, 2, 3])
  const taken = await claim(ctx)
  expect(taken.map(({ id }) => id)).toEqual([ids[0], ids[1], ids[4], ids[6], ids[8]].map(String))
  expect(
    taken.every(({ state, attempts, lockedBy }) => state === 'running' && attempts === 1 && lockedBy === 'one'),
  ).toBe(true)
})

test('a backlog of many orgs, one behind the other, is taken from at both ends by one claim', async () => {
  await using ctx = await openJobs()
  const orgs = Array.from({ length: 12 }, (_, place) => place + 1)
  const ids = await fill(
    ctx,
    orgs.flatMap((org) => Array<number>(15).fill(org)),
  )
  const taken = await claim(ctx, { limit: 24 })
  expect(taken.map(({ id }) => id)).toEqual(orgs.flatMap((_, at) => [ids[at * 15], ids[at * 15 + 1]]).map(String))
})

test('what runs already counts, and a full org hides nobody behind it', async () => {
  await using ctx = await openJobs()
  const ids = await fill(ctx, [...Array<number>(60).fill(1), 2, 3])
  const taken = await claim(ctx, {
    load: new Map([
      [1, 2],
      [3, 1],
    ]),
  })
  expect(taken.map(({ id }) => id)).toEqual([ids[60], ids[61]].map(String))
})

test('jobs of the whole install share what one org may have', async () => {
  await using ctx = await openJobs()
  await fill(ctx, [undefined, undefined, undefined, 1])
  expect((await claim(ctx)).map(({ orgId }) => orgId)).toEqual([null, null, 1])
  expect((await claim(ctx, { load: new Map([[0, 2]]) })).map(({ orgId }) => orgId)).toEqual([])
})

test('a job whose worker died is taken again, and one that is not due is left', async () => {
  await using ctx = await openJobs()
  const [id = ''] = await fill(ctx, [1])
  await enqueue(ctx, { kind: 'note.write', payload: null, orgId: 2, runAt: addMs(ctx.clock.now(), LEASE_MS) })
  await enqueue(ctx, { kind: 'note.read', payload: null, orgId: 2 })
  expect(await claim(ctx)).toHaveLength(1)
  expect(await claim(ctx, { worker: 'two' })).toHaveLength(0)
  await ctx.db
    .update(jobs)
    .set({ lockedUntil: addMs(ctx.clock.now(), -1) })
    .where(eq(jobs.id, id))
  expect(await claim(ctx, { worker: 'two' })).toEqual([expect.objectContaining({ id, attempts: 2, lockedBy: 'two' })])
})

test('two nodes share the jobs of many orgs, and each job runs once', async () => {
  await using ctx = await openJobs()
  const ids = await fill(
    ctx,
    Array.from({ length: 60 }, (_, place) => place % 7),
  )
  const seen: string[] = []
  const running = new Map<number, number>()
  let most = 0
  const job = asJob('note.write', async (_, run) => {
    const org = run.orgId ?? 0
    running.set(org, (running.get(org) ?? 0) + 1)
    most = Math.max(most, running.get(org) ?? 0)
    seen.push(run.id)
    await Bun.sleep(3)
    running.set(org, (running.get(org) ?? 1) - 1)
  })
  const options = { pollMs: 10, concurrency: 12, perOrgMax: 2 }
  await using _one = startWorker(otherNode(ctx), [job], options)
  await using _two = startWorker(otherNode(ctx), [job], options)
  await eventually(async () => (await ctx.db.$count(jobs, eq(jobs.state, 'done'))) === 60)
  expect(seen.toSorted()).toEqual(ids.toSorted())
  expect(most).toBeLessThanOrEqual(4)
})

test('what was seen beyond what was taken is taken next, each once, while other nodes take theirs', async () => {
  await using ctx = await openJobs()
  const orgs = Array.from({ length: 6 }, (_, place) => place + 1)
  const ids = await fill(
    ctx,
    orgs.flatMap((org) => Array<number>(10).fill(org)),
  )
  const [mine, other] = [createSightings(), createSightings()]
  const taken: string[] = []
  for (let turn = 0; turn < 20 && taken.length < ids.length; turn++) {
    for (const seen of [mine, mine, other]) taken.push(...(await claim(ctx, { limit: 12, seen })).map(({ id }) => id))
  }
  expect(taken.toSorted()).toEqual(ids.toSorted())
})

test('an org that nobody saw yet is found half a second later, though others that were seen fill every place', async () => {
  const clock = standingClock()
  await using ctx = await openJobs(clock)
  const orgs = [1, 2, 3]
  await fill(
    ctx,
    orgs.flatMap((org) => Array<number>(30).fill(org)),
  )
  const seen = createSightings()
  await claim(ctx, { limit: 6, seen })
  const [newcomer] = await fill(ctx, [9])
  const next = async () => (await claim(ctx, { limit: 6, seen })).some(({ id }) => id === newcomer)
  expect(await next()).toBe(false)
  clock.advance(500)
  const load = new Map(orgs.map((org) => [org, 2]))
  expect((await claim(ctx, { limit: 6, seen, load })).map(({ id }) => id)).toEqual([String(newcomer)])
})
