import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { orgs } from '#core/tenancy/tables.ts'
import { groupCommit } from '#jobs/group-commit.ts'
import { jobs } from '#jobs/tables.ts'
import { startWorker, type WorkerContext } from '#jobs/worker.ts'
import { asJob, enqueue, eventually, type JobsContext, openJobs } from './context.ts'

const NOW = new Date('2026-03-01T09:00:00Z')

/** Jobs that end at the same moment, each with a slug of its own to write; `groups` is what was written together. */
function endTogether(
  slugs: readonly string[],
  meanwhile: (slug: string, id: string) => Promise<void> = async () => {},
) {
  const groups: string[][] = []
  const failures: string[] = []
  const met = Promise.withResolvers<void>()
  let arrived = 0
  const end = groupCommit<WorkerContext, string>(async (_, tx, values) => {
    groups.push([...values])
    await tx.insert(orgs).values(values.map((slug) => ({ slug, name: slug, createdAt: NOW })))
  })
  const job = asJob(
    'note.write',
    async (ctx, { ending, payload, id, attempt }) => {
      const slug = String(payload)
      if (attempt === 1) {
        await meanwhile(slug, id)
        if (++arrived === slugs.length) met.resolve()
        await met.promise
      }
      await end(ctx, { ending, value: slug }).catch((error) => {
        failures.push(slug)
        throw error
      })
    },
    { attemptsMax: 2 },
  )
  const start = async (ctx: JobsContext) => {
    for (const slug of slugs) await enqueue(ctx, { kind: 'note.write', payload: slug })
    return startWorker(ctx, [job], { pollMs: 10 })
  }
  return { start, groups, failures }
}

async function written({ db }: JobsContext): Promise<string[]> {
  return (await db.select().from(orgs)).map(({ slug }) => slug).sort()
}

test('jobs that end together are written together, and all of them are gone', async () => {
  await using ctx = await openJobs()
  const { start, groups } = endTogether(['a', 'b', 'c'])
  await using _worker = await start(ctx)
  await eventually(async () => (await ctx.db.$count(jobs)) === 0)
  expect(await written(ctx)).toEqual(['a', 'b', 'c'])
  expect(groups.map((group) => group.toSorted())).toEqual([['a', 'b', 'c']])
})

test('a group in which one write fails loses nothing: the others are written, and only that one is told', async () => {
  await using ctx = await openJobs()
  await ctx.db.insert(orgs).values({ slug: 'b', name: 'There before', createdAt: NOW })
  const { start, failures } = endTogether(['a', 'b', 'c'])
  await using _worker = await start(ctx)
  const states = async () => (await ctx.db.select({ state: jobs.state }).from(jobs)).map(({ state }) => state)
  await eventually(async () => Bun.deepEquals(await states(), ['failed']))
  expect(await written(ctx)).toEqual(['a', 'b', 'c'])
  expect(failures).toEqual(['b', 'b'])
  expect(await ctx.db.$count(jobs)).toBe(1)
})

test('of a job in a group whose lease is lost nothing is written, and the others are', async () => {
  await using ctx = await openJobs()
  const other = { lockedBy: 'another', lockedUntil: new Date(Date.now() + 60_000) }
  const { start, failures } = endTogether(['a', 'b', 'c'], async (slug, id) => {
    if (slug === 'b') await ctx.db.update(jobs).set(other).where(eq(jobs.id, id))
  })
  await using _worker = await start(ctx)
  await eventually(async () => (await ctx.db.$count(jobs)) === 1 && failures.length > 0)
  expect(await written(ctx)).toEqual(['a', 'c'])
  expect(failures).toEqual(['b'])
  expect(await ctx.db.select().from(jobs)).toMatchObject([{ state: 'running', lockedBy: 'another' }])
})
