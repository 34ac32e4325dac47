import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { DELETE_ENDED_JOBS, deleteEndedJobs } from '#jobs/ended-jobs.ts'
import { type Schedule, startScheduler, tickDue } from '#jobs/schedule.ts'
import { jobs, schedules } from '#jobs/tables.ts'
import { startWorker, type WorkerContext } from '#jobs/worker.ts'
import { asJob, enqueue, eventually, openJobs, otherNode, standingClock } from './context.ts'

const NIGHTLY: Schedule = { name: 'nightly', cron: '30 3 * * *', kind: 'note.write' }

async function declared(ctx: WorkerContext, list: readonly Schedule[]) {
  await using _scheduler = startScheduler(ctx, list)
  await eventually(async () => (await ctx.db.$count(schedules)) === list.length)
}

async function nextOf(ctx: WorkerContext, name: string) {
  const [row] = await ctx.db.select().from(schedules).where(eq(schedules.name, name))
  return row?.nextRunAt.toISOString()
}

test('a schedule waits for its time in UTC', async () => {
  const clock = standingClock('2026-03-28T02:00:00Z')
  await using ctx = await openJobs(clock)
  await declared(ctx, [NIGHTLY])
  expect(await nextOf(ctx, 'nightly')).toBe('2026-03-28T03:30:00.000Z')
  await tickDue(ctx, [NIGHTLY])
  expect(await ctx.db.$count(jobs)).toBe(0)
  clock.set(new Date('2026-03-28T03:30:00Z'))
  await tickDue(ctx, [NIGHTLY])
  expect(await ctx.db.$count(jobs)).toBe(1)
  expect(await nextOf(ctx, 'nightly')).toBe('2026-03-29T03:30:00.000Z')
})

test('a tick that ten nodes see adds one job', async () => {
  const clock = standingClock('2026-03-01T03:00:00Z')
  await using ctx = await openJobs(clock)
  await declared(ctx, [NIGHTLY])
  clock.set(new Date('2026-03-01T03:31:00Z'))
  let added = 0
  const nodes = Array.from({ length: 10 }, () => {
    const node = otherNode(ctx)
    const enqueue: typeof node.jobs.enqueue = (tx, job) => {
      added++
      return node.jobs.enqueue(tx, job)
    }
    return { ...node, jobs: { ...node.jobs, enqueue } }
  })
  await Promise.all(nodes.map((node) => tickDue(node, [NIGHTLY])))
  expect([added, await ctx.db.$count(jobs)]).toEqual([1, 1])
})

test('ticks missed while no node ran add one job together', async () => {
  const clock = standingClock('2026-03-01T03:00:00Z')
  await using ctx = await openJobs(clock)
  await declared(ctx, [NIGHTLY])
  clock.set(new Date('2026-03-20T12:00:00Z'))
  await tickDue(ctx, [NIGHTLY])
  await tickDue(ctx, [NIGHTLY])
  expect(await ctx.db.$count(jobs)).toBe(1)
  expect(await nextOf(ctx, 'nightly')).toBe('2026-03-21T03:30:00.000Z')
})

test('while the job of a schedule is unfinished its next tick adds none', async () => {
  const clock = standingClock('2026-03-01T03:00:00Z')
  await using ctx = await openJobs(clock)
  await declared(ctx, [NIGHTLY])
  for (const day of ['02', '03', '04']) {
    clock.set(new Date(`2026-03-${day}T03:30:00Z`))
    await tickDue(ctx, [NIGHTLY])
  }
  expect(await ctx.db.$count(jobs)).toBe(1)
})

test('a changed pattern counts from the next start, an unchanged one keeps its time', async () => {
  const clock = standingClock('2026-03-01T03:00:00Z')
  await using ctx = await openJobs(clock)
  const hourly = { ...NIGHTLY, name: 'hourly', cron: '0 * * * *' }
  await declared(ctx, [NIGHTLY, hourly])
  clock.advance(10_000)
  await using _scheduler = startScheduler(ctx, [{ ...NIGHTLY, cron: '45 4 * * *' }, hourly])
  await eventually(async () => (await nextOf(ctx, 'nightly')) === '2026-03-01T04:45:00.000Z')
  expect(await nextOf(ctx, 'hourly')).toBe('2026-03-01T04:00:00.000Z')
})

test('a running scheduler adds the job when the time comes, and a worker takes it at once', async () => {
  const clock = standingClock('2026-03-01T03:29:59.800Z')
  await using ctx = await openJobs(clock)
  const ran = Promise.withResolvers<void>()
  await using _worker = startWorker(ctx, [asJob('note.write', async () => ran.resolve())], { pollMs: 60_000 })
  await using _scheduler = startScheduler(ctx, [NIGHTLY])
  await eventually(async () => (await ctx.db.$count(schedules)) === 1)
  clock.advance(200)
  await ran.promise
})

test('a pattern that names no time is refused at start', async () => {
  await using ctx = await openJobs()
  expect(() => startScheduler(ctx, [{ ...NIGHTLY, cron: 'whenever' }])).toThrow()
  expect(() => startScheduler(ctx, [{ ...NIGHTLY, cron: '0 0 30 2 *' }])).toThrow('names no time')
})

test('jobs that ended over a week ago are deleted; younger and unfinished ones stay', async () => {
  const clock = standingClock('2026-03-01T03:00:00Z')
  await using ctx = await openJobs(clock)
  const list = [deleteEndedJobs, asJob('note.write', async () => {})]
  await enqueue(ctx, { kind: 'note.write', payload: 'old' })
  {
    await using _worker = startWorker(ctx, list, { pollMs: 10 })
    await eventually(async () => (await ctx.db.$count(jobs, eq(jobs.state, 'done'))) === 1)
    clock.set(new Date('2026-03-08T02:59:59Z'))
    await enqueue(ctx, { kind: 'note.write', payload: 'young' })
    await eventually(async () => (await ctx.db.$count(jobs, eq(jobs.state, 'done'))) === 2)
  }
  const waiting = await enqueue(ctx, { kind: 'note.read', payload: 'unfinished' })
  clock.advance(2_000)
  const sweep = await enqueue(ctx, { kind: DELETE_ENDED_JOBS.kind, payload: null })
  await using _worker = startWorker(otherNode(ctx), list, { pollMs: 10 })
  await eventually(async () => (await ctx.db.$count(jobs, eq(jobs.state, 'done'))) === 2)
  await eventually(async () => (await ctx.db.$count(jobs)) === 3)
  const left = await ctx.db.select({ id: jobs.id }).from(jobs)
  expect(left.map(({ id }) => id)).toEqual(expect.arrayContaining([waiting, sweep]))
})
