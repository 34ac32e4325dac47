import { describe, expect, test } from 'bun:test'
import { asc, isNull } from 'drizzle-orm'
import { decideConfig } from '#config/config.ts'
import { ConfigError } from '#config/parse.ts'
import { auditLog, auditRetention } from '#core/audit/tables.ts'
import { engine } from '#db/columns.ts'
import { endingOf } from '#jobs/finish.ts'
import { tickDue } from '#jobs/schedule.ts'
import { schedules } from '#jobs/tables.ts'
import { DAY_MS, dateOfMs, systemClock } from '#lib/clock.ts'
import { auditLogJobs } from '#platform/audit-log/jobs.ts'
import { TRIMMED_AT_ONCE_MAX, trimAuditLog } from '#platform/audit-log/retention.ts'
import { platformJobs, platformSchedules } from '#platform/platform.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { fillLog, type Log, names, note, noteOne, openLog } from './arrange.ts'

const NOW = Date.UTC(2026, 5, 1, 2, 41)
const CLOCK = { ...systemClock, now: () => dateOfMs(NOW) }
const OPERATOR = { kind: 'operator' } as const

function openOld(days = '30') {
  return openLog({ env: { AUDIT_RETENTION_DAYS: days }, overrides: { clock: CLOCK } })
}

async function trimmed({ app }: Log) {
  const rows = await app.ctx.db.select().from(auditLog).where(isNull(auditLog.orgId)).orderBy(asc(auditLog.id))
  return rows.filter(({ action }) => action === 'audit.trimmed').map(({ detail }) => detail)
}

const BEFORE = new Date(NOW - 30 * DAY_MS).toISOString()

describe('the retention', () => {
  test('deletes what is older than its days, of every org and of the install, and tells so once', async () => {
    await using log = await openOld()
    const { app, admin } = log
    const other = await makePerson(app, (await makeOrg(app.ctx)).orgId)
    const age = (days: number) => () => NOW - days * DAY_MS
    await note(log, admin, ['old@x.test'], age(31))
    await note(log, admin, ['edge@x.test'], age(30))
    await note(log, admin, ['new@x.test'], age(29))
    await note(log, other, ['other@x.test'], age(400))
    await noteOne(app, 'install', 'org.created', { org_id: 1, slug: 's', name: 'yak' }, NOW - 31 * DAY_MS)
    expect(await trimAuditLog(app.ctx, OPERATOR)).toBe(3)
    expect(names(await log.list({ action: 'invite.created' }))).toBe('new edge')
    expect(names(await log.list({ q: 'viewer' }))).toBe('new edge')
    expect(await trimmed(log)).toEqual([{ before: BEFORE, deleted: 3 }])
    expect(await app.ctx.db.select().from(auditRetention)).toEqual([{ id: 1, cutoff: null, deleted: 0 }])
    expect(await trimAuditLog(app.ctx, OPERATOR)).toBe(0)
    expect(await trimmed(log)).toHaveLength(1)
    await expect(app.ctx.db.transaction((tx) => tx.delete(auditLog))).rejects.toThrow()
  })

  test('goes in batches between which others write, and tells of all of them in one line', async () => {
    await using log = await openOld()
    const { app } = log
    const count = TRIMMED_AT_ONCE_MAX * 3 + 7
    await fillLog(log, count, {}, NOW - 40 * DAY_MS)
    const written: string[] = []
    const trimming = trimAuditLog(app.ctx, OPERATOR).then((deleted) => written.push(`trimmed ${deleted}`))
    await Bun.sleep(1)
    await noteOne(app, log.admin, 'user.signed_in', { user_id: 1 }, NOW)
    written.push('signed in')
    await trimming
    expect(written).toEqual(['signed in', `trimmed ${count}`])
    expect(await trimmed(log)).toEqual([{ before: BEFORE, deleted: count }])
    if (engine === 'sqlite') {
      const [words] = await app.ctx.db.inspect('select count(*) as count from audit_words')
      expect(words?.count).toBe(await app.ctx.db.$count(auditLog))
    }
  })

  test('stopped in the middle it leaves whole batches, and the next run counts on', async () => {
    await using log = await openOld()
    const { app } = log
    await fillLog(log, TRIMMED_AT_ONCE_MAX * 2 + 1, {}, NOW - 40 * DAY_MS)
    const stop = new AbortController()
    let looks = 0
    const signal = new Proxy(stop.signal, {
      get(target, name) {
        if (name === 'throwIfAborted' && ++looks === 2) stop.abort()
        const value = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    await expect(trimAuditLog(app.ctx, OPERATOR, signal)).rejects.toThrow()
    expect(await trimmed(log)).toEqual([])
    expect(await app.ctx.db.select().from(auditRetention)).toEqual([
      { id: 1, cutoff: null, deleted: TRIMMED_AT_ONCE_MAX },
    ])
    expect(await trimAuditLog(app.ctx, OPERATOR)).toBe(TRIMMED_AT_ONCE_MAX * 2 + 1)
    expect(await trimmed(log)).toEqual([{ before: BEFORE, deleted: TRIMMED_AT_ONCE_MAX * 2 + 1 }])
  })

  test('is the clock’s work, once a day', async () => {
    await using log = await openOld()
    const { ctx } = log.app
    expect(platformJobs).toEqual(expect.arrayContaining([...auditLogJobs]))
    const schedule = platformSchedules.find(({ name }) => name === 'audit.trim')
    if (!schedule) throw new Error('nobody trims the log')
    await ctx.db.insert(schedules).values({ name: schedule.name, cron: schedule.cron, nextRunAt: ctx.clock.now() })
    await fillLog(log, 3, {}, NOW - 31 * DAY_MS)
    await tickDue(ctx, [schedule])
    const [row] = await ctx.db.select().from(schedules)
    expect(row?.nextRunAt.getTime()).toBe(NOW + DAY_MS)
    const [job] = auditLogJobs
    const ending = endingOf({ id: 'job-1', worker: 'nobody', attempt: 1 })
    const run = { id: 'job-1', orgId: undefined, attempt: 1, payload: undefined, scope: undefined, ending }
    const acts = { finish: async () => {}, leavePlace: () => {} }
    await job?.prepare(null).run(ctx, { ...run, ...acts, signal: new AbortController().signal })
    expect(await trimmed(log)).toEqual([{ before: BEFORE, deleted: 3 }])
    expect(names(await log.list())).toBe('')
  })
})

describe('AUDIT_RETENTION_DAYS', () => {
  test('is 90 unless set, and a whole number of days', () => {
    expect(decideConfig({}).auditRetentionDays).toBe(90)
    expect(decideConfig({ AUDIT_RETENTION_DAYS: '1' }).auditRetentionDays).toBe(1)
    expect(decideConfig({ AUDIT_RETENTION_DAYS: '36500' }).auditRetentionDays).toBe(36_500)
  })

  for (const value of ['0', '-1', '1.5', '90d', 'forever', '36501', '1e9', ' 90', '0x10']) {
    test(`${value} is refused in a sentence that names it`, () => {
      const decide = () => decideConfig({ AUDIT_RETENTION_DAYS: value })
      expect(decide).toThrow(ConfigError)
      expect(decide).toThrow('AUDIT_RETENTION_DAYS must be a whole number from 1 to 36500.')
    })
  }
})
