import type { Context } from '#core/context.ts'
import { dateOfMs } from '#lib/clock.ts'
import { createBoard } from '#platform/health/board.ts'
import type { Probe, Probes } from '#platform/health/probing.ts'
import type { Reading, Status } from '#platform/health/reading.ts'
import { healthSamples } from '#platform/health/tables.ts'
import { standingClock } from '#test/jobs/context.ts'
import { makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

export const START = Date.UTC(2026, 2, 1, 9)

/** A clock that stands where it is put, in milliseconds; its sleeps are real ones. */
export function movable(startMs = START) {
  const clock = standingClock(dateOfMs(startMs).toISOString())
  return {
    ...{ clock, advance: clock.advance },
    get ms() {
      return clock.now().getTime()
    },
    set(ms: number) {
      clock.set(dateOfMs(ms))
    },
  }
}

export async function openHealth(options: Parameters<typeof startTestApp>[0] & { startMs?: number } = {}) {
  const { startMs, ...rest } = options
  const time = movable(startMs)
  const app = await startTestApp({ ...rest, overrides: { ...rest.overrides, clock: time.clock } })
  const { orgId, slug } = await makeOrg(app.ctx)
  const admin = await makePerson(app, orgId)
  return { app, ctx: app.ctx, time, orgId, slug, admin, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

export type Health = Awaited<ReturnType<typeof openHealth>>

export function cookieOf({ jwt }: TestPerson): Record<string, string> {
  return { cookie: `hf_session=${jwt}`, 'sec-fetch-site': 'same-origin' }
}

export async function pageOf(app: TestApp, person: TestPerson, path = '/health', more: Record<string, string> = {}) {
  const response = await app.fetch(path, { headers: { ...cookieOf(person), ...more } })
  return { status: response.status, text: await response.text() }
}

/** A probe of the database's component that says what it is told to. */
export function playedProbe(initial: Status = 'ok') {
  let reading: Reading = { status: initial, message: `it is ${initial}`, meta: {} }
  const probe: Probe = { component: 'db', timeoutMs: 500, freshMs: 1, check: async () => reading }
  return {
    probe,
    say(status: Status, message = `it is ${status}`) {
      reading = { status, message, meta: {} }
    },
  }
}

export function boardWith(ctx: Context, install: readonly Probe[], org: Probes['org'] = []) {
  return createBoard(ctx, { install, org })
}

type Row = typeof healthSamples.$inferInsert

/** Samples straight into the table. */
export async function addSamples(
  { db }: Pick<Context, 'db'>,
  rows: readonly (Pick<Row, 'component'> & Partial<Row> & { ms: number })[],
): Promise<void> {
  const full = rows.map(({ ms, ...row }) => ({
    ...{ orgId: null, span: 'sample' as const, status: 'ok' as const, message: 'as it was', latencyMs: 1 },
    ...{ at: dateOfMs(ms), ...row },
  }))
  for (let from = 0; from < full.length; from += 1_000) {
    await db.insert(healthSamples).values(full.slice(from, from + 1_000))
  }
}
