import { describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { users } from '#core/tenancy/tables.ts'
import { addMs, DAY_MS, dateOfMs } from '#lib/clock.ts'
import { addDays } from '#lib/day.ts'
import { invites } from '#platform/invites/tables.ts'
import { requirePeriod } from '#platform/usage/period.ts'
import { readUsage } from '#platform/usage/report.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { NOON, openUsage, type Usage, values } from './arrange.ts'

const TODAY = '2026-03-15'

const read = ({ app, scope }: Usage, period: Parameters<typeof readUsage>[2]) => readUsage(app.ctx, scope, period)

describe('the figures of a period', () => {
  /** Ten calls on each of the last 70 days, a thousand a year ago. */
  async function openBusy() {
    const usage = await openUsage()
    for (let ago = 0; ago < 70; ago++) await usage.count(addDays(TODAY, -ago), 10 + (ago === 0 ? 1 : 0))
    await usage.count('2025-03-15', 1_000)
    return usage
  }

  test('are whole days with today as the last, held against as many days before', async () => {
    await using usage = await openBusy()
    for (const [period, total, previous, from, first, length] of [
      ['today', 11, 10, TODAY, '2026-03-09', 7],
      ['7d', 71, 70, '2026-03-09', '2026-03-09', 7],
      ['30d', 301, 300, '2026-02-14', '2026-02-14', 30],
    ] as const) {
      const report = await read(usage, period)
      expect([period, report.from, report.to]).toEqual([period, from, TODAY])
      const { llmCalls } = report
      expect([period, llmCalls.total, llmCalls.previous]).toEqual([period, total, previous])
      expect([llmCalls.series[0]?.from, llmCalls.series.length]).toEqual([first, length])
      expect(values(llmCalls).at(-1)).toBe(11)
    }
  })

  test('of all days are told by month from the first one that is known, and held against nothing', async () => {
    await using usage = await openBusy()
    const { llmCalls, from } = await read(usage, 'all')
    expect([from, llmCalls.total, llmCalls.previous]).toEqual([undefined, 1_701, null])
    expect(llmCalls.series[0]).toEqual({ from: '2025-03-01', value: 1_000 })
    expect(llmCalls.series.at(-1)).toEqual({ from: '2026-03-01', value: 151 })
    expect(llmCalls.series).toHaveLength(13)
  })

  test('tell calls by source, the most first, and runs by outcome, and nothing of another org', async () => {
    await using usage = await openUsage()
    const other = await makeOrg(usage.app.ctx)
    await usage.count(TODAY, 3)
    await usage.count(TODAY, 2, { outcome: 'failed' })
    await usage.count(TODAY, 9, { source: 'agent' })
    await usage.count(addDays(TODAY, -8), 4, { source: 'sql' })
    await usage.count(TODAY, 5, { kind: 'dbt.run', source: '' })
    await usage.count(TODAY, 1, { kind: 'dbt.run', source: '', outcome: 'failed' })
    await usage.count(TODAY, 500, { orgId: other.orgId })
    const { llmCalls, dbtRuns } = await read(usage, '7d')
    expect(llmCalls.bySource).toEqual([
      { source: 'agent', calls: 9 },
      { source: 'chat', calls: 5 },
    ])
    expect([llmCalls.total, llmCalls.previous]).toEqual([14, 4])
    expect([dbtRuns.total, dbtRuns.ok, dbtRuns.failed, dbtRuns.previous]).toEqual([6, 5, 1, 0])
  })

  test('are nothing for an org that used nothing', async () => {
    await using usage = await openUsage()
    const report = await read(usage, '7d')
    for (const figure of [report.llmCalls, report.dbtRuns]) {
      expect([figure.total, figure.previous, values(figure)]).toEqual([0, 0, [0, 0, 0, 0, 0, 0, 0]])
    }
    expect([report.datasets, report.dashboards]).toEqual([
      { total: 0, previous: null, series: [] },
      { total: 0, previous: null, series: [] },
    ])
  })

  test('are 7 days unless a period is named, and refused for one that there is none of', () => {
    expect([requirePeriod(undefined), requirePeriod(''), requirePeriod('all')]).toEqual(['7d', '7d', 'all'])
    for (const text of ['1y', 'ALL', '__proto__', '7d ']) expect(() => requirePeriod(text)).toThrow('one of')
  })
})

describe('what an org has', () => {
  test('is counted now: people who can sign in, and invitations that are open', async () => {
    await using usage = await openUsage()
    const { app, orgId, admin } = usage
    const mate = await makePerson(app, orgId, 'viewer')
    await makePerson(app, (await makeOrg(app.ctx)).orgId)
    const createdAt = dateOfMs(NOON)
    const invite = (email: string, state: 'pending' | 'revoked', expiresAt: Date, id = orgId) => ({
      ...({ orgId: id, email, role: 'viewer', tokenHash: email, state, invitedBy: admin.userId } as const),
      ...({ createdAt, expiresAt, mailState: 'link' } as const),
    })
    await app.ctx.db
      .insert(invites)
      .values([
        invite('open@x.test', 'pending', addMs(createdAt, DAY_MS)),
        invite('late@x.test', 'pending', addMs(createdAt, -1)),
        invite('gone@x.test', 'revoked', addMs(createdAt, DAY_MS)),
      ])
    const first = await read(usage, '7d')
    expect([first.members.total, first.members.openInvites]).toEqual([2, 1])
    await app.ctx.db.update(users).set({ isActive: false }).where(eq(users.id, mate.userId))
    expect((await read(usage, '7d')).members.total).toBe(1)
  })

  test('is held against the level at the end of the period before, and days that nobody wrote down are unknown', async () => {
    await using usage = await openUsage()
    const other = await makeOrg(usage.app.ctx)
    await usage.level('2026-03-02', 'members', 4)
    await usage.level('2026-03-08', 'members', 5)
    await usage.level('2026-03-11', 'members', 6)
    await usage.level('2026-03-11', 'storage_bytes', 900)
    await usage.level('2026-03-12', 'members', 77, other.orgId)
    const { members, storage } = await read(usage, '7d')
    expect([members.previous, values(members)]).toEqual([5, [null, null, 6, null, null, null, 1]])
    expect([storage.previous, values(storage)]).toEqual([null, [null, null, 900, null, null, null, 0]])
    expect((await read(usage, 'today')).members.previous).toBeNull()
  })

  test('has a course by month over all days, by the first of each', async () => {
    await using usage = await openUsage()
    await usage.level('2026-01-01', 'members', 3)
    await usage.level('2026-01-15', 'members', 99)
    await usage.level('2026-03-01', 'members', 4)
    const { members } = await read(usage, 'all')
    expect([members.previous, values(members)]).toEqual([null, [3, null, 1]])
  })
})
