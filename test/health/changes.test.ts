import { describe, expect, test } from 'bun:test'
import { dateOfMs, HOUR_MS, MINUTE_MS } from '#lib/clock.ts'
import { groupChanges, MARKERS_MAX } from '#platform/health/changes.ts'
import { recordDeployment } from '#platform/health/deployment.ts'
import { readHistory } from '#platform/health/history.ts'
import { noteOne } from '#test/audit-log/arrange.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { openHealth, START } from './arrange.ts'

const SMTP = { host: 'mail.example.test', port: 587, tls: 'tls', from: 'a@example.test', is_password_changed: true }

describe('the marks of a history', () => {
  test('are what changed in the org and in the install, and nothing of another org', async () => {
    await using health = await openHealth({ startMs: START + HOUR_MS })
    const { app, ctx, admin, orgId } = health
    const stranger = await makePerson(app, (await makeOrg(ctx)).orgId)
    await noteOne(app, 'install', 'system.deployed', { version: '2.0.0', commit: 'abc', from: '1.0.0' }, START)
    await noteOne(app, admin, 'smtp.updated', SMTP, START + 20 * MINUTE_MS)
    await noteOne(app, stranger, 'smtp.updated', { ...SMTP, host: 'theirs.test' }, START + 30 * MINUTE_MS)
    await noteOne(app, admin, 'smtp.tested', { to: 'a', is_taken: true, detail: '' }, START + 40 * MINUTE_MS)
    await noteOne(app, admin, 'smtp.removed', { host: 'older' }, START - 26 * HOUR_MS)
    const { markers } = await readHistory(ctx, { orgId }, '24h')
    expect(markers.flatMap(({ changes }) => changes.map(({ action }) => action))).toEqual([
      'system.deployed',
      'smtp.updated',
    ])
  })

  test('are fifty at most, and those that are close are one', () => {
    const time = { fromMs: START, toMs: START + 1_000 * MINUTE_MS }
    const at = (minute: number) => ({ action: 'smtp.updated', detail: {}, at: dateOfMs(START + minute * MINUTE_MS) })
    expect(groupChanges([at(3), at(900), at(1)], time)).toEqual([
      { fromMs: START + MINUTE_MS, toMs: START + 3 * MINUTE_MS, changes: [at(1), at(3)] },
      { fromMs: START + 900 * MINUTE_MS, toMs: START + 900 * MINUTE_MS, changes: [at(900)] },
    ])
    const many = Array.from({ length: 1_000 }, (_, minute) => at(minute))
    expect(groupChanges(many, time)).toHaveLength(MARKERS_MAX)
    expect(groupChanges([at(-1), at(1_000)], time)).toEqual([])
  })
})

describe('a start', () => {
  const build = { version: '1.0.0', commit: 'abc' }

  test('of another build is written down once, and of the same build never again', async () => {
    await using health = await openHealth()
    const { ctx } = health
    expect(await recordDeployment(ctx, build)).toBe(true)
    expect(await recordDeployment(ctx, build)).toBe(false)
    health.time.advance(MINUTE_MS)
    expect(await recordDeployment(ctx, { ...build, commit: 'def' })).toBe(true)
    health.time.advance(MINUTE_MS)
    expect(await recordDeployment(ctx, { version: '1.1.0', commit: 'ghi' })).toBe(true)
    const { auditLog } = await import('#core/audit/tables.ts')
    const { asc, eq } = await import('drizzle-orm')
    const rows = await ctx.db
      .select()
      .from(auditLog)
      .where(eq(auditLog.action, 'system.deployed'))
      .orderBy(asc(auditLog.at))
    expect(rows.map(({ orgId, detail }) => [orgId, detail.from, detail.version])).toEqual([
      [null, null, '1.0.0'],
      [null, '1.0.0', '1.0.0'],
      [null, '1.0.0', '1.1.0'],
    ])
  })

  test('of several nodes at once is one', async () => {
    await using health = await openHealth()
    const said = await Promise.all(Array.from({ length: 8 }, () => recordDeployment(health.ctx, build)))
    expect(said.filter(Boolean)).toHaveLength(1)
  })
})
