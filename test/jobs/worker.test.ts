import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { AppError } from '#core/errors.ts'
import { GiveUp } from '#jobs/job.ts'
import { jobs } from '#jobs/tables.ts'
import { startWorker, type WorkerContext } from '#jobs/worker.ts'
import { asJob, enqueue, eventually, openJobs, otherNode } from './context.ts'

async function rowOf(ctx: WorkerContext, id: string) {
  const [row] = await ctx.db.select().from(jobs).where(eq(jobs.id, id))
  if (!row) throw new Error('no such job')
  return row
}

test('a job runs right after the commit of the transaction that added it', async () => {
  await using ctx = await openJobs()
  const seen: unknown[] = []
  const started = Promise.withResolvers<number>()
  const job = asJob('note.write', async (_, run) => {
    seen.push(run.payload)
    started.resolve(performance.now())
  })
  await using _worker = startWorker(ctx, [job], { pollMs: 60_000 })
  await Bun.sleep(50)
  const id = await enqueue(ctx, { kind: 'note.write', payload: { text: 'hello' } })
  const committedAt = performance.now()
  expect((await started.promise) - committedAt).toBeLessThan(500)
  await eventually(async () => (await rowOf(ctx, id)).state === 'done')
  expect(seen).toEqual([{ text: 'hello' }])
})

test('a job of a transaction that rolled back never runs', async () => {
  await using ctx = await openJobs()
  const seen: string[] = []
  const job = asJob('note.write', async (_, run) => void seen.push(run.id))
  await using _worker = startWorker(ctx, [job], { pollMs: 20 })
  const work = ctx.db.transaction(async (tx) => {
    await ctx.jobs.enqueue(tx, { kind: 'note.write', payload: 'lost' })
    throw new Error('changed my mind')
  })
  await expect(work).rejects.toThrow('changed my mind')
  const kept = await enqueue(ctx, { kind: 'note.write', payload: 'kept' })
  await eventually(() => seen.length > 0)
  await Bun.sleep(60)
  expect(seen).toEqual([kept])
})

test('another node sees a job within its poll', async () => {
  await using ctx = await openJobs()
  const started = Promise.withResolvers<void>()
  const job = asJob('note.write', async () => started.resolve())
  await using _worker = startWorker(otherNode(ctx), [job], { pollMs: 50 })
  await Bun.sleep(80)
  const addedAt = performance.now()
  await enqueue(ctx, { kind: 'note.write', payload: null })
  await started.promise
  expect(performance.now() - addedAt).toBeLessThan(1_000)
})

test('the end of a job erases its payload and frees its unique key', async () => {
  await using ctx = await openJobs()
  const key = { kind: 'note.write', payload: 'x', uniqueKey: 'one' }
  const id = await enqueue(ctx, key)
  expect(await enqueue(ctx, key)).toBe(id)
  expect((await rowOf(ctx, id)).payload).toContain('x')
  await using _worker = startWorker(ctx, [asJob('note.write', async () => {})], { pollMs: 20 })
  await eventually(async () => (await rowOf(ctx, id)).state === 'done')
  expect(await rowOf(ctx, id)).toMatchObject({ payload: null, uniqueKey: null, lockedBy: null, attempts: 1 })
  expect(await enqueue(ctx, key)).not.toBe(id)
})

test('a job of an org acts in that org and holds no permission', async () => {
  await using ctx = await openJobs()
  const seen: unknown[] = []
  const job = asJob('note.write', async (_, run) => void seen.push(run.scope))
  await using _worker = startWorker(ctx, [job], { pollMs: 20, concurrency: 1 })
  const id = await enqueue(ctx, { kind: 'note.write', payload: null, orgId: 7 })
  await enqueue(ctx, { kind: 'note.write', payload: null })
  await eventually(() => seen.length === 2)
  expect(seen[0]).toEqual({ orgId: 7, actor: { kind: 'job', jobId: id }, permissions: new Set() })
  expect(seen[1]).toBeUndefined()
})

test('a failed attempt comes back after its back-off, and success ends it', async () => {
  await using ctx = await openJobs()
  const attempts: number[] = []
  const job = asJob('note.write', async (_, run) => {
    attempts.push(run.attempt)
    if (run.attempt < 3) throw new Error('not yet')
  })
  await using _worker = startWorker(ctx, [job], { pollMs: 10 })
  const id = await enqueue(ctx, { kind: 'note.write', payload: null })
  await eventually(async () => (await rowOf(ctx, id)).state === 'done')
  expect(attempts).toEqual([1, 2, 3])
  expect(await rowOf(ctx, id)).toMatchObject({ attempts: 3, lastError: null })
})

test('the back-off of a job is kept', async () => {
  await using ctx = await openJobs()
  let runs = 0
  const fail = async () => {
    runs++
    throw new Error('no')
  }
  await using _worker = startWorker(ctx, [asJob('note.write', fail, { backoffMs: () => 60_000 })], { pollMs: 10 })
  const id = await enqueue(ctx, { kind: 'note.write', payload: null })
  await eventually(async () => (await rowOf(ctx, id)).attempts === 1 && (await rowOf(ctx, id)).state === 'waiting')
  await Bun.sleep(60)
  const row = await rowOf(ctx, id)
  expect(runs).toBe(1)
  const pauseMs = row.runAt.getTime() - ctx.clock.now().getTime()
  expect(pauseMs).toBeGreaterThan(47_000)
  expect(pauseMs).toBeLessThan(72_001)
})

test('a job whose attempts are used up fails, tells its room, and keeps the words', async () => {
  await using ctx = await openJobs()
  const told: unknown[] = []
  const job = asJob(
    'note.write',
    async () => {
      throw new AppError('upstream', 'mail_failed', '421 busy')
    },
    { attemptsMax: 2, onGivenUp: async (_, run, error) => void told.push([run.payload, run.attempt, error]) },
  )
  await using _worker = startWorker(ctx, [job], { pollMs: 10 })
  const id = await enqueue(ctx, { kind: 'note.write', payload: 'x', orgId: 1, uniqueKey: 'k' })
  await eventually(async () => (await rowOf(ctx, id)).state === 'failed')
  expect(await rowOf(ctx, id)).toMatchObject({ attempts: 2, lastError: '421 busy', payload: null, uniqueKey: null })
  expect(told).toEqual([['x', 2, expect.objectContaining({ code: 'mail_failed' })]])
})

for (const [name, error] of [
  ['GiveUp', new GiveUp('never')],
  ['an AppError that says permanent', new AppError('upstream', 'mail_failed', 'never', { permanent: true })],
] as const) {
  test(`${name} ends a job at its first attempt`, async () => {
    await using ctx = await openJobs()
    let runs = 0
    let told = 0
    const run = async () => {
      runs++
      throw error
    }
    const job = asJob('note.write', run, { onGivenUp: async () => void told++ })
    await using _worker = startWorker(ctx, [job], { pollMs: 10 })
    const id = await enqueue(ctx, { kind: 'note.write', payload: null })
    await eventually(async () => (await rowOf(ctx, id)).state === 'failed')
    await Bun.sleep(50)
    expect([runs, told]).toEqual([1, 1])
    expect((await rowOf(ctx, id)).lastError).toBe('never')
  })
}

test('a room that cannot be told of a failure is told again, and the work is not done again', async () => {
  await using ctx = await openJobs()
  let runs = 0
  let told = 0
  const run = async () => {
    runs++
    throw new GiveUp('never')
  }
  const onGivenUp = async () => {
    if (++told < 3) throw new Error('the database is busy')
  }
  await using _worker = startWorker(ctx, [asJob('note.write', run, { onGivenUp })], { pollMs: 10 })
  const id = await enqueue(ctx, { kind: 'note.write', payload: null })
  await eventually(async () => (await rowOf(ctx, id)).state === 'failed')
  expect([runs, told]).toEqual([1, 3])
  expect((await rowOf(ctx, id)).lastError).toBe('never')
})

test('a payload that its job cannot read ends it without a run', async () => {
  await using ctx = await openJobs()
  let runs = 0
  const parse = (stored: unknown) => {
    if (stored !== 'good') throw new Error('bad payload')
    return stored
  }
  await using _worker = startWorker(ctx, [asJob('note.write', async () => void runs++, { parse })], { pollMs: 10 })
  const bad = await enqueue(ctx, { kind: 'note.write', payload: 'bad' })
  const good = await enqueue(ctx, { kind: 'note.write', payload: 'good' })
  await eventually(async () => (await rowOf(ctx, good)).state === 'done')
  await eventually(async () => (await rowOf(ctx, bad)).state === 'failed')
  expect(runs).toBe(1)
})

test('a kind this node does not know waits for one that does', async () => {
  await using ctx = await openJobs()
  await using _old = startWorker(ctx, [asJob('note.write', async () => {})], { pollMs: 10 })
  const id = await enqueue(ctx, { kind: 'note.read', payload: null })
  await Bun.sleep(60)
  expect((await rowOf(ctx, id)).state).toBe('waiting')
  await using _new = startWorker(otherNode(ctx), [asJob('note.read', async () => {})], { pollMs: 10 })
  await eventually(async () => (await rowOf(ctx, id)).state === 'done')
})

test('no more jobs run at once than the worker allows', async () => {
  await using ctx = await openJobs()
  let now = 0
  let most = 0
  let done = 0
  const job = asJob('note.write', async () => {
    most = Math.max(most, ++now)
    await Bun.sleep(10)
    now--
    done++
  })
  for (let n = 0; n < 12; n++) await enqueue(ctx, { kind: 'note.write', payload: n })
  await using _worker = startWorker(ctx, [job], { pollMs: 10, concurrency: 3 })
  await eventually(() => done === 12)
  expect(most).toBe(3)
})

test('three nodes share 60 jobs, and each job runs once', async () => {
  await using ctx = await openJobs()
  const seen: string[] = []
  const job = asJob('note.write', async (_, run) => {
    seen.push(run.id)
    await Bun.sleep(2)
  })
  const ids: string[] = []
  await ctx.db.transaction(async (tx) => {
    for (let n = 0; n < 60; n++) ids.push(await ctx.jobs.enqueue(tx, { kind: 'note.write', payload: n }))
  })
  await using _one = startWorker(otherNode(ctx), [job], { pollMs: 10, concurrency: 4 })
  await using _two = startWorker(otherNode(ctx), [job], { pollMs: 10, concurrency: 4 })
  await using _three = startWorker(otherNode(ctx), [job], { pollMs: 10, concurrency: 4 })
  await eventually(async () => (await ctx.db.$count(jobs, eq(jobs.state, 'done'))) === 60)
  expect(seen.toSorted()).toEqual(ids.toSorted())
})

test('two jobs of one kind are refused', async () => {
  await using ctx = await openJobs()
  const job = asJob('note.write', async () => {})
  expect(() => startWorker(ctx, [job, job])).toThrow('two jobs have the same kind')
})
