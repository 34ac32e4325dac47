import { expect, test } from 'bun:test'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { jobs } from '#jobs/tables.ts'
import { localRunner } from '#lib/exec.ts'
import { enqueue, openJobs } from './context.ts'

const KILLED = 137
const WORKER = join(import.meta.dir, 'crashing-worker.ts')

/** Runs one worker process after the other, each dying at its moment, and tells what was done and how the job ended. */
async function runWorkers(moments: readonly string[]) {
  await using ctx = await openJobs()
  const folder = await mkdtemp(join(tmpdir(), 'honeyframe-crash-'))
  const path = join(folder, 'effects')
  const id = await enqueue(ctx, { kind: 'note.write', payload: 'x', uniqueKey: 'k' })
  const codes: number[] = []
  for (const moment of moments) {
    const argv = [process.execPath, WORKER, moment, path]
    const { code } = await localRunner.run(argv, { timeoutMs: 20_000, env: { DATABASE_URL: ctx.url } })
    codes.push(code)
  }
  const effects = await readFile(path, 'utf8').catch(() => '')
  await rm(folder, { recursive: true })
  const [row] = await ctx.db.select().from(jobs).where(eq(jobs.id, id))
  return { codes, effects: effects.split('\n').slice(0, -1), row }
}

const ENDED = { payload: null, uniqueKey: null, lockedBy: null, lockedUntil: null }

const JOURNAL = [
  {
    name: 'a worker that lives does the work once',
    moments: ['never'],
    codes: [0],
    effects: ['written 1'],
    row: { ...ENDED, state: 'done', attempts: 1 },
  },
  {
    name: 'killed before the effect, the work is done once by the next worker',
    moments: ['before', 'never'],
    codes: [KILLED, 0],
    effects: ['written 2'],
    row: { ...ENDED, state: 'done', attempts: 2 },
  },
  {
    name: 'killed after the effect and before its record, the work is done again',
    moments: ['after', 'never'],
    codes: [KILLED, 0],
    effects: ['written 1', 'written 2'],
    row: { ...ENDED, state: 'done', attempts: 2 },
  },
  {
    name: 'a job that kills every worker is given up without another run',
    moments: ['before', 'before', 'before'],
    codes: [KILLED, KILLED, 0],
    effects: ['given up'],
    row: { ...ENDED, state: 'failed', attempts: 3, lastError: 'The worker stopped in the middle of every attempt.' },
  },
]

for (const { name, moments, codes, effects, row } of JOURNAL) {
  test(name, async () => {
    const outcome = await runWorkers(moments)
    expect(outcome).toMatchObject({ codes, effects, row })
  }, 60_000)
}
