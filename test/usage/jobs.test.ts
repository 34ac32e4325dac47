import { describe, expect, test } from 'bun:test'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asc, eq } from 'drizzle-orm'
import { users } from '#core/tenancy/tables.ts'
import { usageDays, usageEvents, usageLevels } from '#core/usage/tables.ts'
import { addMs, DAY_MS, dateOfMs } from '#lib/clock.ts'
import { platformJobs, platformSchedules } from '#platform/platform.ts'
import { measureLevels } from '#platform/usage/measure.ts'
import { EVENT_DAYS_MAX, TRIMMED_AT_ONCE_MAX, trimUsageEvents } from '#platform/usage/retention.ts'
import { orgFolder } from '#platform/usage/storage.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { NOON, openUsage, type Usage } from './arrange.ts'

const never = new AbortController().signal

async function levelsOf({ app }: Usage, orgId: number): Promise<string[]> {
  const rows = await app.ctx.db
    .select()
    .from(usageLevels)
    .where(eq(usageLevels.orgId, orgId))
    .orderBy(asc(usageLevels.day), asc(usageLevels.kind))
  return rows.map(({ day, kind, value }) => `${day} ${kind} ${value}`)
}

describe('the levels', () => {
  test('of a day are written when it has ended, of every org, and a second run puts its own in their place', async () => {
    await using usage = await openUsage()
    const { app, orgId } = usage
    const other = await makeOrg(app.ctx)
    const mate = await makePerson(app, orgId)
    await mkdir(orgFolder(app.ctx, orgId), { recursive: true })
    await writeFile(join(orgFolder(app.ctx, orgId), 'a'), 'five!')
    await measureLevels(app.ctx, never)
    expect(await levelsOf(usage, orgId)).toEqual([
      '2026-03-14 members 2',
      '2026-03-14 storage_bytes 5',
      '2026-03-14 storage_files 1',
    ])
    expect(await levelsOf(usage, other.orgId)).toEqual(['2026-03-14 storage_bytes 0', '2026-03-14 storage_files 0'])
    await app.ctx.db.update(users).set({ isActive: false }).where(eq(users.id, mate.userId))
    await measureLevels(app.ctx, never)
    usage.time.ms += DAY_MS
    await measureLevels(app.ctx, never)
    expect((await levelsOf(usage, orgId)).filter((level) => level.includes('members'))).toEqual([
      '2026-03-14 members 1',
      '2026-03-15 members 1',
    ])
  })

  test('reach orgs beyond the first hundred', async () => {
    await using usage = await openUsage()
    let last = 0
    for (let made = 0; made < 120; made++) last = (await makeOrg(usage.app.ctx)).orgId
    await measureLevels(usage.app.ctx, never)
    expect(await levelsOf(usage, last)).toHaveLength(2)
  })
})

describe('the retention of usage events', () => {
  const insert = async ({ app }: Usage, orgId: number, count: number, at: Date) => {
    const event = { orgId, kind: 'llm.call', source: 'chat', outcome: 'ok', at } as const
    await app.ctx.db.insert(usageEvents).values(Array.from({ length: count }, () => event))
  }

  test('deletes what is older than its days, of every org, and keeps the counts of days', async () => {
    await using usage = await openUsage()
    const { app, orgId } = usage
    const other = await makeOrg(app.ctx)
    const edge = addMs(dateOfMs(NOON), -EVENT_DAYS_MAX * DAY_MS)
    await insert(usage, orgId, TRIMMED_AT_ONCE_MAX + 3, addMs(edge, -1))
    await insert(usage, other.orgId, 2, addMs(edge, -DAY_MS))
    await insert(usage, orgId, 4, edge)
    await usage.count('2025-01-01', 9)
    expect(await trimUsageEvents(app.ctx, never)).toBe(TRIMMED_AT_ONCE_MAX + 5)
    const left = await app.ctx.db.select({ at: usageEvents.at }).from(usageEvents)
    expect(left).toEqual(Array.from({ length: 4 }, () => ({ at: edge })))
    expect(await app.ctx.db.$count(usageDays)).toBe(2)
    expect(await trimUsageEvents(app.ctx, never)).toBe(0)
  })

  test('stopped before it began deletes nothing', async () => {
    await using usage = await openUsage()
    await insert(usage, usage.orgId, 1, dateOfMs(0))
    const stopped = trimUsageEvents(usage.app.ctx, AbortSignal.abort())

    await expect(stopped).rejects.toThrow()
    expect(await usage.app.ctx.db.$count(usageEvents)).toBe(1)
  })

  test('and the levels are the clock’s work, once a night', () => {
    for (const kind of ['usage.measure', 'usage.trim']) {
      expect([kind, platformJobs.some((job) => job.kind === kind)]).toEqual([kind, true])
      expect(platformSchedules.find((schedule) => schedule.kind === kind)?.cron).toMatch(/^\d+ \d+ \* \* \*$/)
    }
  })
})
