import { describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { addMs, DAY_MS, HOUR_MS } from '#lib/clock.ts'
import { beginDue, nextDue } from '#platform/backups/schedule.ts'
import { backupSettings, backups } from '#platform/backups/tables.ts'
import { outcome } from '#test/groups/arrange.ts'
import { auditOf, call, openOrg, relayOf } from '#test/invites/arrange.ts'
import { eventually, standingClock } from '#test/jobs/context.ts'
import { json, makeOrg, makePerson } from '#test/support/app.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { folderOf, settingsRow } from './room.ts'

const SUNDAY = new Date('2026-03-01T09:00:00Z')

describe('the next scheduled backup', () => {
  test('is the next such hour, or the next such hour of that weekday', () => {
    const at = (frequency: 'off' | 'daily' | 'weekly', hour: number, weekday = 0) =>
      nextDue({ frequency, hour, weekday }, SUNDAY)?.toISOString() ?? null
    expect(at('off', 2)).toBeNull()
    expect(at('daily', 2)).toBe('2026-03-02T02:00:00.000Z')
    expect(at('daily', 10)).toBe('2026-03-01T10:00:00.000Z')
    expect(at('daily', 9)).toBe('2026-03-02T09:00:00.000Z')
    expect(at('weekly', 10)).toBe('2026-03-01T10:00:00.000Z')
    expect(at('weekly', 2)).toBe('2026-03-08T02:00:00.000Z')
    expect(at('weekly', 23, 6)).toBe('2026-03-07T23:00:00.000Z')
  })
})

test('a schedule is saved, read back and switched off, and the log names what changed', async () => {
  const clock = standingClock(SUNDAY.toISOString())
  await using org = await openOrg({ overrides: { clock } })
  const { app, admin, orgId } = org
  const path = '/api/backups/settings'
  const before = await call(app, 'GET', path, admin)
  expect(before.body).toEqual({ schedule: { frequency: 'off', hour: 2, weekday: 0, next_run_at: null }, store: null })
  const saved = await call(app, 'PUT', path, admin, { schedule: { frequency: 'weekly', hour: 5, weekday: 3 } })
  const schedule = { frequency: 'weekly', hour: 5, weekday: 3, next_run_at: '2026-03-04T05:00:00.000Z' }
  expect(saved).toEqual({ status: 200, body: { schedule, store: null } })
  expect(await call(app, 'GET', path, admin)).toEqual(saved)
  await call(app, 'PUT', path, admin, { schedule: { frequency: 'off', hour: 5, weekday: 3 } })
  expect((await settingsRow(org))?.nextRunAt).toBeNull()
  expect((await auditOf(app, orgId)).map(({ detail }) => detail)).toEqual([
    { fields: ['frequency', 'hour', 'weekday'] },
    { fields: ['frequency'] },
  ])
})

test('a schedule that names no time is refused, and nothing is saved', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  for (const schedule of [
    { frequency: 'daily', hour: 24 },
    { frequency: 'daily', hour: -1 },
    { frequency: 'hourly', hour: 2 },
    { frequency: 'weekly', hour: 2, weekday: 7 },
    { frequency: 'daily', hour: 1.5 },
  ]) {
    expect((await call(app, 'PUT', '/api/backups/settings', admin, { schedule })).status).toBe(422)
  }
  expect(await settingsRow(org)).toBeUndefined()
})

test('a due backup is begun once, however many nodes look, and again a day later', async () => {
  const clock = standingClock(SUNDAY.toISOString())
  await using org = await openOrg({ overrides: { clock } })
  const { app, admin } = org
  await call(app, 'PUT', '/api/backups/settings', admin, { schedule: { frequency: 'daily', hour: 10 } })
  expect(await beginDue(app.ctx)).toBe(0)
  clock.advance(HOUR_MS)
  const begun = await Promise.all([beginDue(app.ctx), beginDue(app.ctx), beginDue(app.ctx)])
  expect(begun.reduce((sum, count) => sum + count)).toBe(1)
  const [row] = await app.ctx.db.select().from(backups)
  expect(row).toMatchObject({ kind: 'scheduled', state: 'running', createdBy: null })
  clock.advance(3 * DAY_MS)
  expect(await beginDue(app.ctx)).toBe(0)
  await app.ctx.db.update(backups).set({ state: 'complete' })
  expect(await beginDue(app.ctx)).toBe(1)
  expect(await beginDue(app.ctx)).toBe(0)
  expect(await app.ctx.db.$count(backups)).toBe(2)
})

test('two orgs are backed up by the schedule at once, the third when one of them is done', async () => {
  const clock = standingClock(SUNDAY.toISOString())
  await using org = await openOrg({ overrides: { clock } })
  const { app } = org
  for (let count = 0; count < 3; count++) {
    const person = await makePerson(app, (await makeOrg(app.ctx)).orgId)
    const schedule = { frequency: 'daily', hour: 10 }
    await app.fetch('/api/backups/settings', json('PUT', { schedule }, person.bearer))
  }
  clock.set(addMs(SUNDAY, 2 * HOUR_MS))
  expect(await beginDue(app.ctx)).toBe(2)
  expect(await beginDue(app.ctx)).toBe(0)
  const [first] = await app.ctx.db.select().from(backups)
  await app.ctx.db
    .update(backups)
    .set({ state: 'failed' })
    .where(eq(backups.id, first?.id ?? 0))
  expect(await beginDue(app.ctx)).toBe(1)
})

test('a scheduled backup that fails is mailed to the admins and to nobody else', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: relayOf(smtp), worker: true })
  const { app, orgId } = org
  const second = await makePerson(app, orgId)
  await makePerson(app, orgId, 'viewer')
  await makePerson(app, (await makeOrg(app.ctx)).orgId)
  await Bun.write(`${folderOf(org)}`, 'no folder')
  const schedule = { frequency: 'daily', hour: 2 }
  expect(await outcome(app, 'PUT', '/api/backups/settings', org.admin, { schedule })).toBe('200')
  await app.ctx.db.update(backupSettings).set({ nextRunAt: addMs(app.ctx.clock.now(), -HOUR_MS) })
  await beginDue(app.ctx)
  const mails = await smtp.received(2, 40_000)
  expect(mails.flatMap(({ recipients }) => recipients).toSorted()).toEqual([org.admin.email, second.email].toSorted())
  expect(mails[0]?.parsed.subject).toContain('a scheduled backup failed')
  expect(mails[0]?.parsed.text).toContain('The backup could not be written.')
  await eventually(async () => (await auditOf(app, orgId)).at(-1)?.action === 'backup.failed')
}, 60_000)
