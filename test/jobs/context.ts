import { defineJob, type Job } from '#jobs/job.ts'
import { createQueue, type NewJob, type SealPurpose } from '#jobs/queue.ts'
import type { WorkerContext } from '#jobs/worker.ts'
import { addMs, type Clock, SECOND_MS, systemClock } from '#lib/clock.ts'
import { createLog } from '#lib/log.ts'
import { systemRandom } from '#lib/random.ts'
import { openTestDatabase } from '#test/support/database.ts'

export type JobsContext = WorkerContext & AsyncDisposable & Readonly<{ url: string; lines: string[] }>

/** A clock that stands where it is put; its sleeps are real ones. */
export type StandingClock = Clock & { set(date: Date): void; advance(ms: number): void }

export function standingClock(start = '2026-03-01T09:00:00Z'): StandingClock {
  let ms = Date.parse(start)
  return {
    now: () => new Date(ms),
    sleep: systemClock.sleep,
    set(date) {
      ms = date.getTime()
    },
    advance(by) {
      ms += by
    },
  }
}

/** A fresh database with a queue on it. `lines` is what was logged. */
export async function openJobs(clock: Clock = systemClock): Promise<JobsContext> {
  const test = await openTestDatabase()
  const lines: string[] = []
  const log = createLog({ level: 'debug', write: (line) => void lines.push(line), clock })
  const jobs = createQueue({ clock, random: systemRandom, seal, open })
  return {
    ...{ db: test.db, url: test.url, clock, random: systemRandom, log, lines, jobs },
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  }
}

/** A second node on the same database, without a queue's nudges in common. */
export function otherNode(ctx: WorkerContext): WorkerContext {
  return { ...ctx, jobs: createQueue({ clock: ctx.clock, random: systemRandom, seal, open }) }
}

export function enqueue(ctx: WorkerContext, job: NewJob): Promise<string> {
  return ctx.db.transaction((tx) => ctx.jobs.enqueue(tx, job))
}

/** Notes to write of these orgs, each due a second after the one before; the last is due now. */
export async function fill(ctx: WorkerContext, orgs: readonly (number | undefined)[]): Promise<string[]> {
  const ids: string[] = []
  for (const [place, orgId] of orgs.entries()) {
    const runAt = addMs(ctx.clock.now(), (place - orgs.length) * SECOND_MS)
    const org = orgId === undefined ? {} : { orgId }
    ids.push(await enqueue(ctx, { kind: 'note.write', payload: null, runAt, ...org }))
  }
  return ids
}

export function asJob(
  kind: string,
  run: Parameters<typeof defineJob<WorkerContext, unknown>>[0]['run'],
  rest: Partial<Parameters<typeof defineJob<WorkerContext, unknown>>[0]> = {},
): Job<WorkerContext> {
  return defineJob({ kind, parse: (stored) => stored, run, backoffMs: () => 10, ...rest })
}

/** Resolves when `isTrue` says so, and fails after `withinMs`. */
export async function eventually(isTrue: () => boolean | Promise<boolean>, withinMs = 5_000): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`not true within ${withinMs} ms`)
    await Bun.sleep(5)
  }
}

// Stands in for the vault, which has its own tests: readable here, so that a test sees what was bound to what.
function seal(text: string, purpose: SealPurpose): string {
  return `${JSON.stringify(purpose)}|${Buffer.from(text).toString('base64')}`
}

function open(envelope: string, purpose: SealPurpose): string {
  const [bound, data = ''] = envelope.split('|')
  if (bound !== JSON.stringify(purpose)) throw new Error('sealed for something else')
  return Buffer.from(data, 'base64').toString()
}
