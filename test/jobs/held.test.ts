import { expect, test } from 'bun:test'
import { runDeadJobs } from '#jobs/dead-jobs.ts'
import { holdJob, workOn } from '#jobs/held-job.ts'
import { JOB_LEASE_MS } from '#jobs/job.ts'
import { jobs } from '#jobs/tables.ts'
import { asJob, type JobsContext, openJobs, standingClock } from './context.ts'

const ORG = 7

async function hold(ctx: JobsContext) {
  return await ctx.db.transaction(async (tx) => {
    await ctx.jobs.enqueue(tx, { kind: 'note.write', orgId: ORG, payload: null, uniqueKey: 'note.write:1' })
    return await holdJob(ctx, tx, 'note.write:1')
  })
}

test('a held job is left alone while its holder lives, and taken over when it is dead, by its own org only', async () => {
  const clock = standingClock()
  await using ctx = await openJobs(clock)
  const ran: number[] = []
  const job = asJob('note.write', async (_, { attempt }) => void ran.push(attempt))
  await hold(ctx)
  await runDeadJobs(ctx, [job], ORG)
  expect(ran).toEqual([])
  clock.advance(JOB_LEASE_MS)
  await runDeadJobs(ctx, [job], ORG + 1)
  expect(ran).toEqual([])
  await runDeadJobs(ctx, [job], ORG)
  expect(ran).toEqual([2])
  expect((await ctx.db.select().from(jobs)).map(({ state }) => state)).toEqual(['done'])
})

test('the work of a held job ends it, and a failure that its room was not told of leaves it for a worker', async () => {
  await using ctx = await openJobs()
  const broken = new Error('broken')
  const fail = () => Promise.reject(broken)
  const stateOf = async () => (await ctx.db.select().from(jobs)).map(({ state }) => state)
  const held = await hold(ctx)
  const untold = new Error('untold')
  await expect(workOn(ctx, held, { work: fail, onFailed: () => Promise.reject(untold) })).rejects.toBe(untold)
  expect(await stateOf()).toEqual(['running'])
  await expect(workOn(ctx, held, { work: fail, onFailed: async () => {} })).rejects.toBe(broken)
  expect(await stateOf()).toEqual(['failed'])
  expect(await workOn(ctx, await hold(ctx), { work: async () => 'done', onFailed: fail })).toBe('done')
  expect((await stateOf()).toSorted()).toEqual(['done', 'failed'])
})
