import { describe, expect, test } from 'bun:test'
import { MINUTE_MS } from '#lib/clock.ts'
import { makePerson } from '#test/support/app.ts'
import { addSamples, cookieOf, openHealth, pageOf, START } from './arrange.ts'

const PARTIAL = { 'hx-request': 'true', 'hx-request-type': 'partial' }

describe('/health', () => {
  test('shows a card for each part, the bands of a day, and what may be changed', async () => {
    await using health = await openHealth()
    const { app, admin, ctx } = health
    await addSamples(ctx, [
      { ms: START - 10 * MINUTE_MS, component: 'db', status: 'error', message: 'it was <b>down</b>' },
    ])
    const { status, text } = await pageOf(app, admin)
    expect(status).toBe(200)
    for (const label of ['Database', 'Scheduler', 'Queue', 'Disk', 'Vault', 'dbt', 'Mail', 'AI providers', 'Backups']) {
      expect(text).toContain(label)
    }
    expect(text).toContain('Needs attention: Scheduler, Mail, AI providers.')
    expect(text).toContain('it was &lt;b&gt;down')
    expect(text).toContain('href="/health?range=90d"')
    expect(text).toContain('action="/health/alerts"')
    expect(text).not.toContain('style=')
  })

  test('is a form and links alone without a script: refresh, ranges and alerts', async () => {
    await using health = await openHealth()
    const { app, admin, time } = health
    await pageOf(app, admin)
    time.advance(4_000)
    const refreshed = await pageOf(app, admin, '/health?range=7d&refresh=true')
    expect(refreshed.status).toBe(200)
    expect(refreshed.text).toContain('2026-03-01T09:00:04.000Z')
    expect(refreshed.text).toMatch(/<a href="\/health\?range=7d" aria-current="page"/)
    const form = new URLSearchParams({ is_alerting: '1' })
    const saved = await app.fetch('/health/alerts', {
      method: 'POST',
      headers: cookieOf(admin),
      body: form,
      redirect: 'manual',
    })
    expect([saved.status, saved.headers.get('location')]).toEqual([303, '/health'])
    expect((await pageOf(app, admin)).text).toMatch(/<input id="is-alerting"[^>]* checked/)
  })

  test('answers htmx with what is so now alone, and tells who asked what came out', async () => {
    await using health = await openHealth()
    const { app, admin } = health
    const polled = await pageOf(app, admin, '/health', PARTIAL)
    expect(polled.text).toContain('id="health-now"')
    expect(polled.text).not.toContain('<html')
    expect(polled.text).not.toContain('health-history')
    expect(polled.text).not.toContain('Checked. ')
    const asked = await pageOf(app, admin, '/health?refresh=true', PARTIAL)
    expect(asked.text).toContain('Checked. Needs attention: ')
  })

  test('stands without its history', async () => {
    await using health = await openHealth()
    const { app, admin, ctx } = health
    const name = ctx.db.engine === 'postgres' ? 'honeyframe.health_samples' : 'health_samples'
    await ctx.db.migration((run) => run(`alter table ${name} rename to elsewhere`))
    const { status, text } = await pageOf(app, admin)
    expect(status).toBe(200)
    expect(text).toContain('The history cannot be shown right now.')
    expect(text).toContain('SELECT 1 was answered.')
    expect(app.lines.some((line) => line.includes('the history of the health cannot be read'))).toBe(true)
  })

  test('is for who may read it, and in nobody else’s side bar', async () => {
    await using health = await openHealth()
    const { app, orgId, admin } = health
    const viewer = await makePerson(app, orgId, 'viewer')
    expect((await pageOf(app, viewer)).status).toBe(403)
    expect((await pageOf(app, viewer, '/account')).text).not.toContain('href="/health"')
    expect((await pageOf(app, admin, '/account')).text).toContain('href="/health"')
  })

  test('takes four statements while its answers are fresh, whatever the range', async () => {
    await using health = await openHealth()
    const { app, admin } = health
    for (const range of ['1h', '24h', '90d']) {
      await pageOf(app, admin, `/health?range=${range}`)
      app.statements.length = 0
      await pageOf(app, admin, `/health?range=${range}`)
      expect(app.statements).toHaveLength(4)
    }
  })
})
