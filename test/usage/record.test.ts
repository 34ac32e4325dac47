import { describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { usageDays, usageEvents } from '#core/usage/tables.ts'
import { recordUsage } from '#core/usage/usage.ts'
import { dateOfMs, HOUR_MS } from '#lib/clock.ts'
import { makeOrg } from '#test/support/app.ts'
import { NOON, openUsage, type Usage } from './arrange.ts'

const CALL = { kind: 'llm.call', source: 'chat', outcome: 'ok' } as const

async function rowsOf({ app, orgId }: Usage) {
  const { db } = app.ctx
  const { kind, source, outcome, at } = usageEvents
  const events = await db.select({ kind, source, outcome, at }).from(usageEvents).where(eq(usageEvents.orgId, orgId))
  const days = await db.select().from(usageDays).where(eq(usageDays.orgId, orgId)).orderBy(usageDays.id)
  return {
    events,
    days: days.map(({ day, kind, source, outcome, events }) => [day, kind, source, outcome, events].join(' ')),
  }
}

describe('a use that is recorded', () => {
  test('is a row of its own and one more of its day and its month, its source and its outcome', async () => {
    await using usage = await openUsage()
    await usage.use(CALL)
    await usage.use(CALL)
    await usage.use({ kind: 'llm.call', source: 'agent', outcome: 'failed' })
    usage.time.ms += 13 * HOUR_MS
    await usage.use({ kind: 'dbt.run', outcome: 'failed' })
    const { events, days } = await rowsOf(usage)
    expect(events.length).toBe(4)
    expect(events[0]).toEqual({ kind: 'llm.call', source: 'chat', outcome: 'ok', at: dateOfMs(NOON) })
    expect(days).toEqual([
      '2026-03-15 llm.call chat ok 2',
      'month 2026-03 llm.call chat ok 2',
      '2026-03-15 llm.call agent failed 1',
      'month 2026-03 llm.call agent failed 1',
      '2026-03-16 dbt.run  failed 1',
      'month 2026-03 dbt.run  failed 1',
    ])
  })

  test('counts for its org and no other', async () => {
    await using usage = await openUsage()
    const other = await makeOrg(usage.app.ctx)
    await usage.use(CALL, other.orgId)
    expect((await rowsOf(usage)).days).toEqual([])
    await usage.use(CALL)
    expect((await rowsOf(usage)).days).toEqual(['2026-03-15 llm.call chat ok 1', 'month 2026-03 llm.call chat ok 1'])
  })

  test('is counted once each when many are recorded at one time', async () => {
    await using usage = await openUsage()
    await Promise.all(Array.from({ length: 40 }, () => usage.use(CALL)))
    const { events, days } = await rowsOf(usage)
    expect([events.length, days]).toEqual([40, ['2026-03-15 llm.call chat ok 40', 'month 2026-03 llm.call chat ok 40']])
  })

  test('is gone with the transaction it was part of', async () => {
    await using usage = await openUsage()
    const { db } = usage.app.ctx
    const failing = db.transaction(async (tx) => {
      await recordUsage(usage.app.ctx, tx, usage.scope, CALL)
      throw new Error('the use failed')
    })
    await expect(failing).rejects.toThrow('the use failed')

    expect(await rowsOf(usage)).toEqual({ events: [], days: [] })
  })

  test('has a short word as its source', async () => {
    await using usage = await openUsage()
    for (const source of ['', 'Chat', 'a b', 'x'.repeat(33), '<b>']) {
      const recorded = usage.use({ ...CALL, source })

      await expect(recorded).rejects.toThrow('short word')
    }
    expect((await rowsOf(usage)).events).toEqual([])
  })
})
