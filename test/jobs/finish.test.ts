import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { orgs } from '#core/tenancy/tables.ts'
import { jobs } from '#jobs/tables.ts'
import { startWorker } from '#jobs/worker.ts'
import { asJob, enqueue, eventually, openJobs } from './context.ts'

const NOW = new Date('2026-03-01T09:00:00Z')

test('a job that ends in its own transaction is gone with it, and what it wrote is there', async () => {
  await using ctx = await openJobs()
  const job = asJob('note.write', async ({ db }, { finish }) =>
    db.transaction(async (tx) => {
      await finish(tx)
      await tx.insert(orgs).values({ slug: 'written', name: 'Written', createdAt: NOW })
    }),
  )
  await using _worker = startWorker(ctx, [job], { pollMs: 10 })
  const id = await enqueue(ctx, { kind: 'note.write', payload: null })
  await eventually(async () => (await ctx.db.$count(jobs, eq(jobs.id, id))) === 0)
  expect(await ctx.db.$count(orgs)).toBe(1)
})

test('a transaction that fails leaves the job to be tried again, and nothing of its own', async () => {
  await using ctx = await openJobs()
  let runs = 0
  const job = asJob('note.write', async ({ db }, { finish }) =>
    db.transaction(async (tx) => {
      await finish(tx)
      await tx.insert(orgs).values({ slug: `try-${++runs}`, name: 'Try', createdAt: NOW })
      if (runs === 1) throw new Error('the first one fails')
    }),
  )
  await using _worker = startWorker(ctx, [job], { pollMs: 10 })
  await enqueue(ctx, { kind: 'note.write', payload: null })
  await eventually(async () => (await ctx.db.$count(jobs)) === 0)
  expect((await ctx.db.select().from(orgs)).map(({ slug }) => slug)).toEqual(['try-2'])
})

test('whoever lost his lease ends nothing, and nothing of his transaction stays', async () => {
  await using ctx = await openJobs()
  let failure = ''
  const job = asJob('note.write', async ({ db }, { finish, id }) => {
    await db
      .update(jobs)
      .set({ lockedBy: 'another', lockedUntil: new Date(Date.now() + 60_000) })
      .where(eq(jobs.id, id))
    await db
      .transaction(async (tx) => {
        await tx.insert(orgs).values({ slug: 'lost', name: 'Lost', createdAt: NOW })
        await finish(tx)
      })
      .catch((error) => {
        failure = error.message
      })
  })
  await using _worker = startWorker(ctx, [job], { pollMs: 10 })
  const id = await enqueue(ctx, { kind: 'note.write', payload: null })
  await eventually(() => failure !== '')
  expect(failure).toBe('the job went to another worker')
  expect(await ctx.db.$count(orgs)).toBe(0)
  expect((await ctx.db.select().from(jobs).where(eq(jobs.id, id)))[0]?.lockedBy).toBe('another')
})
