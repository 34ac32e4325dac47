import { describe, expect, test } from 'bun:test'
import { and, eq, isNull } from 'drizzle-orm'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#lib/clock.ts'
import { ROWS_MAX } from '#platform/health/cuts.ts'
import { readHistory } from '#platform/health/history.ts'
import { rollUpHistory } from '#platform/health/roll-up.ts'
import { healthSamples } from '#platform/health/tables.ts'
import { addSamples, type Health, openHealth } from './arrange.ts'

const MIDNIGHT = Date.UTC(2026, 0, 1)
const never = new AbortController().signal
const SIMULATION_MS = 120_000

/** Flaps each minute over a time: ok in even minutes, failing in odd ones. */
async function flap(health: Health, fromMs: number, minutes: number, orgId: number | null, component: string) {
  const rows = Array.from({ length: minutes }, (_, minute) => ({
    ...{ ms: fromMs + minute * MINUTE_MS, orgId, component },
    status: minute % 2 === 0 ? ('ok' as const) : ('error' as const),
  }))
  await addSamples(health.ctx, rows)
}

async function rowsOf({ ctx }: Health, orgId: number | null, component: string) {
  const isOwn = orgId === null ? isNull(healthSamples.orgId) : eq(healthSamples.orgId, orgId)
  return await ctx.db
    .select()
    .from(healthSamples)
    .where(and(isOwn, eq(healthSamples.component, component)))
    .orderBy(healthSamples.at, healthSamples.id)
}

async function countOf(health: Health, orgId: number | null, component: string): Promise<number> {
  return (await rowsOf(health, orgId, component)).length
}

/** What a roll-up made of days of that. */
async function addSpans(
  health: Health,
  series: { orgId: number | null; component: string; span: 'hour' | 'day' },
  { days, endMs }: { days: number; endMs: number },
) {
  const lengthMs = series.span === 'day' ? DAY_MS : HOUR_MS
  const half = { okMs: lengthMs / 2, warnMs: 0, errorMs: lengthMs / 2, status: 'error' as const }
  const rows = Array.from({ length: (days * DAY_MS) / lengthMs }, (_, place) => ({
    ...{ ms: endMs - (place + 1) * lengthMs, ...series, ...half },
  }))
  await addSamples(health.ctx, rows)
}

describe('rolled up', () => {
  test(
    'a component that flaps each minute for 400 days never has more than 2,600 rows, and loses no minute',
    async () => {
      await using health = await openHealth({ startMs: MIDNIGHT })
      const { ctx, time, orgId } = health
      const most = { install: 0, org: 0 }
      const both = [[null, 'db'] as const, [orgId, 'smtp'] as const]
      // What 400 days of that, rolled up hour by hour, have come to a day ago.
      for (const [org, component] of both) {
        await addSpans(health, { orgId: org, component, span: 'day' }, { days: 369, endMs: time.ms - 31 * DAY_MS })
        await addSpans(health, { orgId: org, component, span: 'hour' }, { days: 31, endMs: time.ms })
      }
      for (let hour = 0; hour < 52; hour++) {
        for (const [org, component] of both) await flap(health, time.ms, 60, org, component)
        time.advance(HOUR_MS)
        most.install = Math.max(most.install, await countOf(health, null, 'db'))
        most.org = Math.max(most.org, await countOf(health, orgId, 'smtp'))
        await rollUpHistory(ctx, never)
      }
      expect(most.install).toBeLessThanOrEqual(ROWS_MAX)
      expect(most.org).toBeLessThanOrEqual(ROWS_MAX)
      expect(most.install).toBeGreaterThan(2_400)
      for (const [org, component] of [[null, 'db'] as const, [orgId, 'smtp'] as const]) {
        const rows = await rowsOf(health, org, component)
        for (const { span, okMs, warnMs, errorMs } of rows) {
          if (span === 'sample') continue
          const length = span === 'hour' ? HOUR_MS : DAY_MS
          expect([span, okMs, warnMs, errorMs]).toEqual([span, length / 2, 0, length / 2])
        }
      }
      const { bands } = await readHistory(ctx, { orgId }, '90d')
      const upOf = (name: string) => bands.find(({ component }) => component === name)?.uptimePercent
      expect(upOf('db')).toBeCloseTo(50, 0)
      expect(upOf('smtp')).toBeCloseTo(50, 0)
    },
    SIMULATION_MS,
  )

  test('what nobody knew stays unknown, and the state of an org is unknown with it', async () => {
    await using health = await openHealth({ startMs: MIDNIGHT })
    const { ctx, time, orgId } = health
    // Up for the first twenty minutes of an hour, then stopped; an hour later up again.
    const beats = [0, 5, 10, 15].map((minute) => ({ ms: MIDNIGHT + minute * MINUTE_MS, component: 'db' }))
    await addSamples(ctx, [...beats, { ms: MIDNIGHT + 2 * HOUR_MS, component: 'db' }])
    const flips = Array.from({ length: 22 }, (_, place) => ({
      ...{ ms: MIDNIGHT + place * 30_000, orgId, component: 'smtp' },
      status: place % 2 === 0 ? ('ok' as const) : ('warn' as const),
    }))
    await addSamples(ctx, flips)
    time.set(MIDNIGHT + 30 * HOUR_MS)
    await rollUpHistory(ctx, never)
    const hours = await rowsOf(health, null, 'db')
    expect(hours.map(({ span, okMs }) => [span, okMs])).toEqual([
      ['hour', 22 * MINUTE_MS],
      ['hour', 7 * MINUTE_MS],
    ])
    const [own] = await rowsOf(health, orgId, 'smtp')
    expect(own).toMatchObject({ span: 'hour', status: 'warn', okMs: 11 * 30_000 })
    expect((own?.okMs ?? 0) + (own?.warnMs ?? 0)).toBe(22 * MINUTE_MS)
  })

  test('a few old flips of an org stay as exact as they were, and its newest old row is never deleted', async () => {
    await using health = await openHealth({ startMs: MIDNIGHT })
    const { ctx, time, orgId } = health
    await addSamples(ctx, [
      { ms: MIDNIGHT, orgId, component: 'smtp', status: 'warn' },
      { ms: MIDNIGHT + 90 * MINUTE_MS, orgId, component: 'smtp', status: 'ok' },
      { ms: MIDNIGHT, component: 'db' },
    ])
    time.advance(3 * DAY_MS)
    await rollUpHistory(ctx, never)
    expect((await rowsOf(health, orgId, 'smtp')).map(({ span }) => span)).toEqual(['sample', 'sample'])
    time.advance(400 * DAY_MS)
    await rollUpHistory(ctx, never)
    expect((await rowsOf(health, orgId, 'smtp')).map(({ span, status }) => [span, status])).toEqual([['sample', 'ok']])
    expect(await rowsOf(health, null, 'db')).toEqual([])
  })

  test('twice is the same as once', async () => {
    await using health = await openHealth({ startMs: MIDNIGHT })
    const { ctx, time, orgId } = health
    await flap(health, MIDNIGHT, 26 * 60, null, 'db')
    await flap(health, MIDNIGHT, 26 * 60, orgId, 'smtp')
    time.advance(26 * HOUR_MS)
    await rollUpHistory(ctx, never)
    const once = [await rowsOf(health, null, 'db'), await rowsOf(health, orgId, 'smtp')]
    await rollUpHistory(ctx, never)
    expect([await rowsOf(health, null, 'db'), await rowsOf(health, orgId, 'smtp')]).toEqual(once)
  })
})
