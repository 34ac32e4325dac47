import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import type { StoredJob } from '#jobs/queue.ts'
import { jobs } from '#jobs/tables.ts'
import { startWorker } from '#jobs/worker.ts'
import { asJob, enqueue, eventually, openJobs } from './context.ts'

async function onlyRow(ctx: Awaited<ReturnType<typeof openJobs>>): Promise<StoredJob> {
  const [row] = await ctx.db.select().from(jobs)
  if (!row) throw new Error('no job')
  return row
}

test('a secret payload is sealed for its own row and reaches its handler open', async () => {
  await using ctx = await openJobs()
  const seen: unknown[] = []
  const id = await enqueue(ctx, { kind: 'note.write', orgId: 3, payload: { token: 'canary' }, isSecret: true })
  const row = await onlyRow(ctx)
  expect(row.payload).not.toContain('canary')
  const { sealed } = JSON.parse(row.payload ?? '')
  expect(sealed).toStartWith(JSON.stringify({ orgId: 3, table: 'jobs', column: 'payload', row: id }))
  await using _worker = startWorker(ctx, [asJob('note.write', async (_, run) => void seen.push(run.payload))])
  await eventually(() => seen.length > 0)
  expect(seen).toEqual([{ token: 'canary' }])
})

test('a plain payload that looks sealed stays what it is', async () => {
  await using ctx = await openJobs()
  await enqueue(ctx, { kind: 'note.write', payload: { sealed: 'v1.x' } })
  expect(ctx.jobs.payloadOf(await onlyRow(ctx))).toEqual({ sealed: 'v1.x' })
})

test('a sealed payload moved to another job does not open', async () => {
  await using ctx = await openJobs()
  await enqueue(ctx, { kind: 'note.write', payload: 'secret', isSecret: true })
  const row = await onlyRow(ctx)
  expect(ctx.jobs.payloadOf(row)).toBe('secret')
  expect(() => ctx.jobs.payloadOf({ ...row, id: 'another' })).toThrow()
  expect(() => ctx.jobs.payloadOf({ ...row, orgId: 9 })).toThrow()
})

test('twenty at once with one unique key make one job, and all learn its id', async () => {
  await using ctx = await openJobs()
  const asked = Array.from({ length: 20 }, () => enqueue(ctx, { kind: 'note.write', payload: null, uniqueKey: 'k' }))
  const ids = await Promise.all(asked)
  expect(new Set(ids).size).toBe(1)
  expect(await ctx.db.$count(jobs)).toBe(1)
})

test('jobs without a unique key do not hinder each other', async () => {
  await using ctx = await openJobs()
  await enqueue(ctx, { kind: 'note.write', payload: null })
  await enqueue(ctx, { kind: 'note.write', payload: null })
  await enqueue(ctx, { kind: 'note.write', payload: null, uniqueKey: 'a' })
  await enqueue(ctx, { kind: 'note.write', payload: null, uniqueKey: 'b' })
  expect(await ctx.db.$count(jobs)).toBe(4)
})

test('listeners hear of a commit, not of a rollback, nor of a job for later', async () => {
  await using ctx = await openJobs()
  let heard = 0
  const unsubscribe = ctx.jobs.onEnqueued(() => heard++)
  await ctx.db.transaction(async (tx) => {
    await ctx.jobs.enqueue(tx, { kind: 'note.write', payload: null })
    expect(heard).toBe(0)
  })
  expect(heard).toBe(1)
  const runAt = new Date(ctx.clock.now().getTime() + 60_000)
  await enqueue(ctx, { kind: 'note.write', payload: null, runAt })
  expect(heard).toBe(1)
  unsubscribe()
  await enqueue(ctx, { kind: 'note.write', payload: null })
  expect(heard).toBe(1)
})

test('a waiting job can be found by its id', async () => {
  await using ctx = await openJobs()
  const id = await enqueue(ctx, { kind: 'note.write', payload: [1, 'two', null], orgId: 5 })
  const [row] = await ctx.db.select().from(jobs).where(eq(jobs.id, id))
  expect(row).toMatchObject({ kind: 'note.write', orgId: 5, state: 'waiting', attempts: 0 })
  expect(row && ctx.jobs.payloadOf(row)).toEqual([1, 'two', null])
})
