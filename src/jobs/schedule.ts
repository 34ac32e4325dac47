import { and, asc, eq, inArray, lte } from 'drizzle-orm'
import { addMs, MINUTE_MS } from '#lib/clock.ts'
import { nextCronTime } from '#lib/cron.ts'
import { schedules } from './tables.ts'
import type { WorkerContext } from './worker.ts'

/** Adds a job of `kind` whenever `cron` (five fields, UTC) says so. `name` is unique over the program. */
export type Schedule = Readonly<{ name: string; cron: string; kind: string }>

/** A changed clock, or a row another node wrote, is seen at the latest after this. */
const SLEEP_MS_MAX = MINUTE_MS
const RETRY_MS = 5_000

/**
 * Adds scheduled jobs until disposed. Over all nodes a tick adds one job; ticks missed while no node ran add one together;
 * while a schedule's job is unfinished no second one is added. Throws when a pattern names no time.
 */
export function startScheduler(ctx: WorkerContext, list: readonly Schedule[]): AsyncDisposable {
  for (const { cron } of list) nextCronTime(cron, ctx.clock.now())
  const stop = new AbortController()
  const loop = list.length > 0 ? keepTime() : Promise.resolve()

  async function keepTime() {
    let isDeclared = false
    while (!stop.signal.aborted) {
      let pauseMs = RETRY_MS
      try {
        if (!isDeclared) await declare(ctx, list)
        isDeclared = true
        await tickDue(ctx, list)
        pauseMs = await untilNextMs(ctx, list)
      } catch (error) {
        ctx.log.error('the scheduler could not read the clock table', { error })
      }
      await ctx.clock.sleep(pauseMs, stop.signal)
    }
  }

  async function end() {
    stop.abort()
    await loop
  }

  return { [Symbol.asyncDispose]: end }
}

/** Writes each schedule's row where it is missing, and its next time anew where the pattern has changed. */
async function declare({ db, clock }: WorkerContext, list: readonly Schedule[]): Promise<void> {
  for (const { name, cron } of list) {
    const nextRunAt = nextCronTime(cron, clock.now())
    const added = await db
      .insert(schedules)
      .values({ name, cron, nextRunAt })
      .onConflictDoNothing()
      .returning({ name: schedules.name })
    if (added.length > 0) continue
    const rows = await db.select({ cron: schedules.cron }).from(schedules).where(eq(schedules.name, name))
    if (rows[0]?.cron !== cron) await db.update(schedules).set({ cron, nextRunAt }).where(eq(schedules.name, name))
  }
}

/** Adds the jobs of all schedules that are due now, and moves each to its next time. */
export async function tickDue(ctx: WorkerContext, list: readonly Schedule[]): Promise<void> {
  const now = ctx.clock.now()
  const due = await ctx.db
    .select({ name: schedules.name })
    .from(schedules)
    .where(and(inArray(schedules.name, namesOf(list)), lte(schedules.nextRunAt, now)))
  for (const { name } of due) {
    const schedule = list.find((each) => each.name === name)
    if (schedule) await tick(ctx, schedule, now)
  }
}

// The condition on the row is the claim: of two nodes the later one finds the next time already in the future.
async function tick({ db, jobs }: WorkerContext, { name, cron, kind }: Schedule, now: Date): Promise<void> {
  await db.transaction(async (tx) => {
    const claimed = await tx
      .update(schedules)
      .set({ nextRunAt: nextCronTime(cron, now), lastRunAt: now })
      .where(and(eq(schedules.name, name), lte(schedules.nextRunAt, now)))
      .returning({ name: schedules.name })
    if (claimed.length > 0) await jobs.enqueue(tx, { kind, payload: null, uniqueKey: `schedule:${name}` })
  })
}

async function untilNextMs({ db, clock }: WorkerContext, list: readonly Schedule[]): Promise<number> {
  const [next] = await db
    .select({ at: schedules.nextRunAt })
    .from(schedules)
    .where(inArray(schedules.name, namesOf(list)))
    .orderBy(asc(schedules.nextRunAt))
    .limit(1)
  const now = clock.now()
  const at = next?.at ?? addMs(now, SLEEP_MS_MAX)
  return Math.min(Math.max(at.getTime() - now.getTime(), 0), SLEEP_MS_MAX)
}

function namesOf(list: readonly Schedule[]): string[] {
  return list.map(({ name }) => name)
}
