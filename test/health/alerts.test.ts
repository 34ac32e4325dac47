import { describe, expect, test } from 'bun:test'
import { and, eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { jobs } from '#jobs/tables.ts'
import { DAY_MS, MINUTE_MS } from '#lib/clock.ts'
import { changeAlerts } from '#platform/health/alerts.ts'
import { parseNews, TELL_KIND } from '#platform/health/news.ts'
import { sampleOrgs } from '#platform/health/org-sampling.ts'
import type { Status } from '#platform/health/reading.ts'
import { sampleInstall } from '#platform/health/sampling.ts'
import { healthStates } from '#platform/health/tables.ts'
import { tellNews } from '#platform/health/telling.ts'
import { scopeOf } from '#test/audit-log/arrange.ts'
import { json, makeOrg, makePerson } from '#test/support/app.ts'
import { boardWith, cookieOf, type Health, openHealth, pageOf, playedProbe } from './arrange.ts'

const never = new AbortController().signal
const BY = { jobId: 'a-job', signal: never }

/** Samples the install once a minute, and tells what there is to tell after each. */
async function follow(health: Health, statuses: readonly Status[], tellTimes = 1): Promise<void> {
  const { ctx, time } = health
  const played = playedProbe()
  const board = boardWith(ctx, [played.probe])
  for (const status of statuses) {
    played.say(status)
    await sampleInstall(ctx, board)
    await tellAll(health, tellTimes)
    time.advance(MINUTE_MS)
  }
}

/** Runs the jobs that tell news, as a worker does. */
async function tellAll({ ctx }: Health, times = 1): Promise<void> {
  const due = await ctx.db.select().from(jobs).where(eq(jobs.kind, TELL_KIND))
  for (const job of due) {
    for (let run = 0; run < times; run++) {
      await tellNews(ctx, job.orgId ?? undefined, parseNews(ctx.jobs.payloadOf(job)), BY)
    }
    await ctx.db.delete(jobs).where(eq(jobs.id, job.id))
  }
}

async function mailsOf({ ctx }: Health, orgId: number): Promise<string[]> {
  const rows = await ctx.db
    .select()
    .from(jobs)
    .where(and(eq(jobs.kind, 'notice.mail'), eq(jobs.orgId, orgId)))
    .orderBy(jobs.createdAt, jobs.id)
  return rows.map((row) => JSON.stringify(ctx.jobs.payloadOf(row)))
}

async function eventsOf({ ctx }: Health, orgId: number, action = 'health.changed') {
  const rows = await ctx.db
    .select({ detail: auditLog.detail })
    .from(auditLog)
    .where(and(eq(auditLog.orgId, orgId), eq(auditLog.action, action)))
    .orderBy(auditLog.id)
  return rows.map(({ detail }) => detail)
}

const switchOn = ({ ctx, admin }: Health) => changeAlerts(ctx, scopeOf(admin), { isAlerting: true })

describe('an alert', () => {
  test('goes to the admins of an org that asked for it, and to nobody of one that did not', async () => {
    await using health = await openHealth()
    const { ctx, app, orgId } = health
    const other = await makeOrg(ctx)
    await makePerson(app, other.orgId)
    await makePerson(app, orgId, 'viewer')
    await switchOn(health)
    await follow(health, ['ok', 'error', 'error', 'ok', 'ok'])
    const mails = await mailsOf(health, orgId)
    expect(mails).toHaveLength(2)
    expect(mails[0]).toContain('Database: failing')
    expect(mails[0]).toContain('it is error')
    expect(mails[1]).toContain('Database: back to normal')
    expect(await mailsOf(health, other.orgId)).toEqual([])
    expect(await eventsOf(health, orgId)).toEqual([
      { component: 'db', from: 'ok', to: 'error', message: 'it is error' },
      { component: 'db', from: 'error', to: 'ok', message: 'it is ok' },
    ])
    expect(await eventsOf(health, other.orgId)).toEqual([])
  })

  test('is no mail after one bad probe', async () => {
    await using health = await openHealth()
    await switchOn(health)
    await follow(health, ['ok', 'error', 'ok', 'ok'])
    expect(await mailsOf(health, health.orgId)).toEqual([])
  })

  test('is sent once when its job runs twice', async () => {
    await using health = await openHealth()
    await switchOn(health)
    await follow(health, ['ok', 'error', 'error', 'ok', 'ok'], 3)
    expect(await mailsOf(health, health.orgId)).toHaveLength(2)
    expect(await eventsOf(health, health.orgId)).toHaveLength(2)
  })

  test('of a recovery goes to nobody who asked after the fault', async () => {
    await using health = await openHealth()
    await follow(health, ['ok', 'error', 'error'])
    await switchOn(health)
    await follow(health, ['ok', 'ok'])
    expect(await mailsOf(health, health.orgId)).toEqual([])
  })

  test('of an org goes to that org alone, by mail where there is a relay', async () => {
    await using health = await openHealth()
    const { ctx, app, time, orgId } = health
    const other = await makeOrg(ctx)
    const theirs = await makePerson(app, other.orgId)
    await switchOn(health)
    await changeAlerts(ctx, scopeOf(theirs), { isAlerting: true })
    await sampleOrgs(ctx, never)
    // Only one of them is old enough to miss its backup.
    await ctx.db
      .update(healthStates)
      .set({ status: 'warn', badInARow: 2 })
      .where(eq(healthStates.key, `${other.orgId}:backup`))
    time.advance(2 * DAY_MS + MINUTE_MS)
    for (let minute = 0; minute < 4; minute++) {
      await sampleOrgs(ctx, never)
      await tellAll(health)
      time.advance(MINUTE_MS)
    }
    expect(await mailsOf(health, orgId)).toHaveLength(1)
    expect((await mailsOf(health, orgId))[0]).toContain('Backups: warning')
    expect(await mailsOf(health, other.orgId)).toEqual([])
  })
})

/** Samples the orgs once a minute by a part that says what it is told to. */
async function followOrgs(health: Health, statuses: readonly Status[]): Promise<void> {
  for (const status of statuses) {
    const judge = () => ({ status, message: `it is ${status}`, meta: {} })
    await sampleOrgs(health.ctx, never, [{ component: 'smtp', judge }])
    await tellAll(health)
    health.time.advance(MINUTE_MS)
  }
}

describe('an alert of a part of the org', () => {
  test('of a recovery goes to nobody who asked after the fault, and to who heard of the fault', async () => {
    await using health = await openHealth()
    await followOrgs(health, ['ok', 'warn', 'warn'])
    await switchOn(health)
    await followOrgs(health, ['ok', 'ok'])
    expect(await mailsOf(health, health.orgId)).toEqual([])
    await followOrgs(health, ['warn', 'warn', 'ok', 'ok'])
    expect(await eventsOf(health, health.orgId)).toEqual([
      { component: 'smtp', from: 'ok', to: 'warn', message: 'it is warn' },
      { component: 'smtp', from: 'warn', to: 'ok', message: 'it is ok' },
    ])
  })

  test('that waits while alerts are switched off goes to nobody', async () => {
    await using health = await openHealth()
    const { ctx, admin, orgId } = health
    await switchOn(health)
    await followOrgs(health, ['ok', 'warn'])
    const judge = () => ({ status: 'warn' as const, message: '', meta: {} })
    await sampleOrgs(ctx, never, [{ component: 'smtp', judge }])
    expect(await ctx.db.$count(jobs, eq(jobs.kind, TELL_KIND))).toBe(1)
    await changeAlerts(ctx, scopeOf(admin), { isAlerting: false })
    await tellAll(health)
    expect(await mailsOf(health, orgId)).toEqual([])
  })
})

describe('switching alerts', () => {
  test('is audited once, by page and by API, and changes nothing when it is so already', async () => {
    await using health = await openHealth()
    const { app, admin, orgId } = health
    const put = (is_alerting: boolean) =>
      app.fetch('/api/system/health/alerts', json('PUT', { is_alerting }, admin.bearer))
    expect(await (await put(false)).json()).toEqual({ is_alerting: false })
    expect(await eventsOf(health, orgId, 'health.alerts_changed')).toEqual([])
    expect(await (await put(true)).json()).toEqual({ is_alerting: true })
    await put(true)
    const form = { method: 'POST', headers: cookieOf(admin), body: new URLSearchParams(), redirect: 'manual' } as const
    expect((await app.fetch('/health/alerts', form)).headers.get('location')).toBe('/health')
    expect(await eventsOf(health, orgId, 'health.alerts_changed')).toEqual([
      { is_alerting: true },
      { is_alerting: false },
    ])
    const answer = await app.fetch('/api/system/health/alerts', { headers: admin.bearer })
    expect(await answer.json()).toEqual({ is_alerting: false })
  })

  test('is for admins: who may only look sees how it is, and is refused', async () => {
    await using health = await openHealth()
    const { app, orgId } = health
    const viewer = await makePerson(app, orgId, 'viewer')
    const { makeGroup } = await import('#test/groups/arrange.ts')
    await makeGroup(app, orgId, ['health.read'], [viewer])
    const page = await pageOf(app, viewer)
    expect(page.status).toBe(200)
    expect(page.text).toContain('Nobody gets a mail when something fails.')
    expect(page.text).not.toContain('action="/health/alerts"')
    const refused = await app.fetch('/api/system/health/alerts', json('PUT', { is_alerting: true }, viewer.bearer))
    expect([refused.status, (await refused.json()).permission]).toEqual([403, 'org.admin'])
  })
})
