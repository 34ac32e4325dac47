import { describe, expect, test } from 'bun:test'
import { MINUTE_MS } from '#lib/clock.ts'
import { COMPONENTS } from '#platform/health/component.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { addSamples, openHealth, START } from './arrange.ts'

const SHOW = '/api/system/health'
const HISTORY = `${SHOW}/history`

describe('GET /api/system/health', () => {
  test('tells of every component, and the worst of them as the whole', async () => {
    await using health = await openHealth()
    const answer = await health.app.fetch(SHOW, { headers: health.admin.bearer })
    expect(answer.status).toBe(200)
    const body = await answer.json()
    expect(Object.keys(body)).toEqual(['status', 'checked_at', 'components'])
    expect(Object.keys(body.components)).toEqual([...COMPONENTS])
    expect(body).toMatchObject({ status: 'warn', checked_at: '2026-03-01T09:00:00.000Z' })
    expect(body.components.db).toMatchObject({ status: 'ok', message: 'SELECT 1 was answered.' })
    expect(Object.keys(body.components.db)).toEqual(['status', 'message', 'latency_ms', 'meta'])
  })

  test('is for admins; /api/health stays open to anybody and says as little as before', async () => {
    await using health = await openHealth()
    const { app, orgId } = health
    const viewer = await makePerson(app, orgId, 'viewer')
    expect((await app.fetch(SHOW)).status).toBe(401)
    for (const path of [SHOW, HISTORY, `${SHOW}/alerts`]) {
      const refused = await app.fetch(path, { headers: viewer.bearer })
      expect([refused.status, (await refused.json()).permission]).toEqual([403, 'health.read'])
    }
    expect(await (await app.fetch('/api/health')).json()).toEqual({ status: 'ok' })
  })

  test('answers 200 and says so where a part of the database is gone', async () => {
    await using health = await openHealth()
    const { app, ctx, admin } = health
    await ctx.db.migration((run) => run(`alter table ${nameOf(ctx.db.engine, 'jobs')} rename to elsewhere`))
    const answer = await app.fetch(SHOW, { headers: admin.bearer })
    const { status, components } = await answer.json()
    expect([answer.status, status, components.queue.status, components.db.status]).toEqual([
      200,
      'error',
      'error',
      'ok',
    ])
    expect(JSON.stringify(components)).not.toMatch(/elsewhere|select .* from/i)
  })

  test('tells no secret, path or host of the operator', async () => {
    const env = {
      ...{ OPENAI_API_KEY: 'canary-openai', ANTHROPIC_API_KEY: 'canary-anthropic', DBT_BIN: '/opt/canary/dbt' },
      ...{ OLLAMA_BASE_URL: 'http://canary-ollama.test', SMTP_HOST: 'canary-smtp.test', SMTP_PASSWORD: 'canary-pass' },
    }
    await using health = await openHealth({ env })
    const { app, ctx, admin } = health
    const text = await (await app.fetch(SHOW, { headers: admin.bearer })).text()
    expect(text).toContain('"openai":true')
    expect(text).not.toContain('canary')
    expect(text).not.toContain(ctx.config.dataDir)
    expect(text).not.toContain(ctx.config.databaseUrl)
  })

  test('asks again when it is told to', async () => {
    await using health = await openHealth()
    const { app, admin, time } = health
    const at = async (query: string) =>
      (await (await app.fetch(SHOW + query, { headers: admin.bearer })).json()).checked_at
    const first = await at('')
    time.advance(4_000)
    expect(await at('')).toBe(first)
    expect(await at('?refresh=true')).not.toBe(first)
    expect((await app.fetch(`${SHOW}?refresh=now`, { headers: admin.bearer })).status).toBe(422)
  })

  test('costs nobody a statement while its answers are fresh, but who is asking', async () => {
    await using health = await openHealth()
    const { app, admin, orgId } = health
    const other = await makePerson(app, orgId)
    await app.fetch(SHOW, { headers: admin.bearer })
    await app.fetch('/api/me', { headers: other.bearer })
    app.statements.length = 0
    for (let look = 0; look < 10; look++) await app.fetch(SHOW, { headers: other.bearer })
    expect(app.statements).toHaveLength(10)
  })
})

describe('GET /api/system/health/history', () => {
  test('tells what was, with the org’s own, and nothing of another org', async () => {
    await using health = await openHealth({ startMs: START + 60 * MINUTE_MS })
    const { app, ctx, admin, orgId } = health
    const other = await makeOrg(ctx)
    const beats = Array.from({ length: 13 }, (_, place) => ({ ms: START + place * 5 * MINUTE_MS, component: 'db' }))
    const disk = { ms: START, component: 'disk', status: 'error', message: 'full' } as const
    const smtp = { ms: START - 90 * MINUTE_MS, component: 'smtp', status: 'warn', message: 'own words' } as const
    await addSamples(ctx, [...beats, disk, { ...smtp, orgId }, { ...smtp, orgId: other.orgId, message: 'their words' }])
    const answer = await app.fetch(`${HISTORY}?range=1h`, { headers: admin.bearer })
    expect(answer.status).toBe(200)
    const body = await answer.json()
    expect(body).toMatchObject({ range: '1h', to: '2026-03-01T10:00:00.000Z', resolution_ms: 60_000 })
    expect(Object.keys(body.components)).toEqual([...COMPONENTS])
    expect(body.components.db).toMatchObject({ uptime_percent: 100, segments: [{ status: 'ok' }] })
    expect(body.components.smtp).toMatchObject({
      uptime_percent: 100,
      segments: [{ status: 'warn', message: 'own words' }],
    })
    expect(body.components.disk.uptime_percent).toBe(0)
    expect(body.components.disk.segments.map(({ status }: { status: string }) => status)).toEqual(['error', 'unknown'])
    expect(body.components.llm).toMatchObject({ uptime_percent: null, segments: [{ status: 'unknown' }] })
    expect(JSON.stringify(body)).not.toContain('their words')
  })

  test('knows the last day unless another range is asked for, and no other range', async () => {
    await using health = await openHealth()
    const { app, admin } = health
    const ask = (query: string) => app.fetch(HISTORY + query, { headers: admin.bearer })
    expect((await (await ask('')).json()).range).toBe('24h')
    const refused = await ask('?range=2d')
    expect([refused.status, (await refused.json()).error]).toEqual([422, 'invalid_query'])
  })
})

function nameOf(engine: string, table: string): string {
  return engine === 'postgres' ? `honeyframe.${table}` : table
}
