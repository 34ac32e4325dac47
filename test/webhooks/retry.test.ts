import { describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { jobs } from '#jobs/tables.ts'
import { startWorker } from '#jobs/worker.ts'
import { addMs, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '#lib/clock.ts'
import { type Delivery, listDeliveries } from '#platform/webhooks/delivery.ts'
import { webhooksJobs } from '#platform/webhooks/jobs.ts'
import { nextAttemptAt, RETRY_SCHEDULES, retryAfterMs, verdictOf } from '#platform/webhooks/retry.ts'
import { createWebhook } from '#platform/webhooks/webhook.ts'
import { eventually, standingClock } from '#test/jobs/context.ts'
import { GROUP_MADE, happen, startStage } from './arrange.ts'

const NOW = new Date('2026-03-01T09:00:00.000Z')

/** A stage with a webhook, a worker that looks often, and a clock that stands. */
async function startRetries(schedule: 'default' | 'long' = 'default') {
  const clock = standingClock(NOW.toISOString())
  const stage = await startStage({ worker: false, overrides: { clock } })
  const { ctx, scope } = stage
  const { id } = await createWebhook(ctx, scope, { url: stage.url, events: ['group.*'], schedule })
  const worker = startWorker(ctx, webhooksJobs, { pollMs: 10 })
  const list = () => listDeliveries(ctx, scope, id, { limit: 50 })
  return {
    ...{ ...stage, clock, webhookId: id, list },
    /** The only delivery, once it has been tried so often. */
    async tried(times: number): Promise<Delivery> {
      let found: Delivery | undefined
      await eventually(async () => {
        found = (await list())[0]
        return found?.attempts === times
      })
      if (!found) throw new Error('no delivery')
      return found
    },
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]()
      await stage[Symbol.asyncDispose]()
    },
  }
}

function pauseOf({ nextRetryAt }: Delivery, now: Date): number {
  return nextRetryAt ? nextRetryAt.getTime() - now.getTime() : Number.NaN
}

for (const schedule of ['default', 'long'] as const) {
  test(`a receiver that answers 500 is tried again by the ${schedule} schedule, then the delivery is dropped`, async () => {
    await using stage = await startRetries(schedule)
    stage.answerWith((_, response) => response.writeHead(500).end('x'.repeat(600)))
    const eventId = await happen(stage, ...GROUP_MADE)
    const pauses = RETRY_SCHEDULES[schedule]
    for (const [place, pauseMs] of pauses.entries()) {
      const delivery = await stage.tried(place + 1)
      expect(delivery).toMatchObject({ state: 'waiting', statusCode: 500, finishedAt: null })
      const pause = pauseOf(delivery, stage.clock.now())
      expect([pause >= pauseMs, pause <= pauseMs * 1.1 + 1]).toEqual([true, true])
      stage.clock.advance(pause - 1)
      await Bun.sleep(40)
      expect((await stage.list())[0]?.attempts).toBe(place + 1)
      stage.clock.advance(1)
    }
    const last = await stage.tried(pauses.length + 1)
    expect(last).toMatchObject({ state: 'dropped', nextRetryAt: null, finishedAt: stage.clock.now() })
    expect(last.tries.map(({ number, statusCode, excerpt }) => [number, statusCode, excerpt.length])).toEqual(
      Array.from({ length: pauses.length + 1 }, (_, place) => [place + 1, 500, 512]),
    )
    const { heard } = stage.receiver
    expect(heard).toHaveLength(pauses.length + 1)
    expect(new Set(heard.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([eventId]))
    expect(new Set(heard.map(({ body }) => body.toString())).size).toBe(1)
    expect(await stage.ctx.db.$count(jobs, eq(jobs.kind, 'webhook.deliver'))).toBe(0)
  })
}

const TERMINAL = [400, 401, 403, 404, 409, 422, 301, 302, 304]

for (const status of TERMINAL) {
  test(`an answer of ${status} is the last word`, async () => {
    await using stage = await startRetries()
    stage.answerWith((_, response) => response.writeHead(status, { location: stage.url }).end())
    await happen(stage, ...GROUP_MADE)
    expect(await stage.tried(1)).toMatchObject({ state: 'failed', statusCode: status, nextRetryAt: null })
    stage.clock.advance(DAY_MS)
    await Bun.sleep(40)
    expect(stage.receiver.heard).toHaveLength(1)
  })
}

for (const [status, header, pauseMs] of [
  [408, undefined, MINUTE_MS],
  [425, undefined, MINUTE_MS],
  [429, '7', 7 * SECOND_MS],
  [429, new Date(NOW.getTime() + 90 * SECOND_MS).toUTCString(), 90 * SECOND_MS],
  [503, '999999999', DAY_MS],
  [503, '0', SECOND_MS],
  [503, 'soon', MINUTE_MS],
] as const) {
  test(`an answer of ${status} with Retry-After ${header} is followed by another attempt`, async () => {
    await using stage = await startRetries()
    const headers = header === undefined ? {} : { 'retry-after': header }
    stage.answerWith((_, response) => response.writeHead(status, headers).end())
    await happen(stage, ...GROUP_MADE)
    const pause = pauseOf(await stage.tried(1), stage.clock.now())
    expect([pause >= pauseMs, pause <= pauseMs * 1.1 + 1]).toEqual([true, true])
    stage.answerWith((_, response) => response.end('ok'))
    stage.clock.advance(pause)
    expect(await stage.tried(2)).toMatchObject({ state: 'delivered', statusCode: 200 })
  })
}

test('a receiver that is not there, or hangs up, is tried again, and the log says why', async () => {
  await using stage = await startRetries()
  stage.answerWith((_, response) => response.destroy())
  await happen(stage, ...GROUP_MADE)
  const delivery = await stage.tried(1)
  expect(delivery).toMatchObject({ state: 'waiting', statusCode: null })
  expect(delivery.tries).toEqual([
    expect.objectContaining({ statusCode: null, excerpt: '', error: expect.stringContaining('ECONNRESET') }),
  ])
})

describe('an endpoint', () => {
  test('that answers 410 is disabled at once, and gets nothing more', async () => {
    await using stage = await startRetries()
    const { ctx, webhookId } = stage
    stage.answerWith((_, response) => response.writeHead(410).end())
    await happen(stage, ...GROUP_MADE)
    expect((await stage.tried(1)).state).toBe('failed')
    const [row] = await ctx.db.select().from(webhooks).where(eq(webhooks.id, webhookId))
    expect(row).toMatchObject({ isActive: false, disabledReason: 'The receiver answered 410 Gone.' })
    const events = await ctx.db.select().from(auditLog).where(eq(auditLog.action, 'webhook.disabled'))
    expect(events.map(({ detail }) => detail)).toEqual([
      { webhook_id: webhookId, url: stage.url, reason: 'The receiver answered 410 Gone.' },
    ])
    await happen(stage, ...GROUP_MADE)
    await Bun.sleep(60)
    expect(await stage.list()).toHaveLength(1)
  })

  test('that fails for five days is disabled and its admins are told; one success in between begins anew', async () => {
    await using stage = await startRetries()
    const { ctx, webhookId, clock } = stage
    const isActive = async () => (await ctx.db.select().from(webhooks).where(eq(webhooks.id, webhookId)))[0]?.isActive
    const once = async (status: number) => {
      stage.answerWith((_, response) => response.writeHead(status).end())
      const before = stage.receiver.heard.length
      await happen(stage, ...GROUP_MADE)
      await eventually(() => stage.receiver.heard.length > before)
      await eventually(async () => (await stage.list()).every(({ attempts }) => attempts > 0))
    }
    await once(404)
    clock.advance(5 * DAY_MS - 1)
    await once(404)
    expect(await isActive()).toBe(true)
    await once(200)
    clock.advance(DAY_MS)
    await once(404)
    expect(await isActive()).toBe(true)
    clock.advance(5 * DAY_MS)
    await once(404)
    expect(await isActive()).toBe(false)
    const notices = await ctx.db.select().from(jobs).where(eq(jobs.kind, 'notice.mail'))
    expect(notices).toHaveLength(1)
    expect(notices[0]?.payload).toContain(`"link_path":"/webhooks/${webhookId}"`)
  })
})

describe('the schedule', () => {
  test('knows what each code means', () => {
    const of = (verdict: string) =>
      Array.from({ length: 500 }, (_, place) => place + 100).filter((code) => verdictOf(code) === verdict)
    expect(of('delivered')).toEqual(Array.from({ length: 100 }, (_, place) => 200 + place))
    expect(of('retry').filter((code) => code < 500)).toEqual([408, 425, 429])
    expect(verdictOf(undefined)).toBe('retry')
  })

  test('is never early, spreads by a tenth, and ends', () => {
    const after = { schedule: 'default', number: 1, retryAfter: undefined } as const
    expect(nextAttemptAt(NOW, { ...after, chance: 0 })).toEqual(addMs(NOW, MINUTE_MS))
    expect(nextAttemptAt(NOW, { ...after, chance: 0.5 })).toEqual(addMs(NOW, 63 * SECOND_MS))
    expect(nextAttemptAt(NOW, { ...after, number: 5, chance: 0, retryAfter: '5' })).toBeUndefined()
    expect(nextAttemptAt(NOW, { ...after, schedule: 'long', number: 7, chance: 0 })).toEqual(addMs(NOW, 10 * HOUR_MS))
  })

  test('reads Retry-After in seconds and as a date, and nothing else', () => {
    expect(retryAfterMs(' 120 ', NOW)).toBe(120_000)
    expect(retryAfterMs('Sun, 01 Mar 2026 09:01:00 GMT', NOW)).toBe(60_000)
    expect(retryAfterMs('Sunday, 01-Mar-26 09:01:00 GMT', NOW)).toBe(60_000)
    expect(retryAfterMs('Sat, 28 Feb 2026 09:00:00 GMT', NOW)).toBe(0)
    for (const odd of ['-1', '1.5', 'tomorrow', '', '2026-03-01T09:01:00Z', '99999999999']) {
      expect([odd, retryAfterMs(odd, NOW)]).toEqual([odd, undefined])
    }
  })
})
