import { describe, expect, test } from 'bun:test'
import { jobs } from '#jobs/tables.ts'
import { addMs, MINUTE_MS } from '#lib/clock.ts'
import { json, makeOrg, makePerson, startTestApp, type TestApp } from '#test/support/app.ts'
import { readExposition, type Scrape, sampleValue } from '#test/support/exposition.ts'

const TOKEN = 'a-token-for-the-scraper-of-metrics'
const REQUESTS = 'honeyframe_http_requests_total'
const DURATION = 'honeyframe_http_request_duration_seconds'

async function scrape(app: TestApp): Promise<Scrape> {
  const response = await app.fetch('/metrics')
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ])
  return readExposition(await response.text())
}

type Asker = [who: string, status: number, peer: string, headers: Record<string, string>]

const bearer = { authorization: `Bearer ${TOKEN}` }
const OPEN: Asker[] = [
  ['a program on loopback', 200, '127.0.0.1', {}],
  ['one on loopback by IPv6', 200, '::1', {}],
  ['one on loopback by an IPv6 socket', 200, '::ffff:127.0.0.1', {}],
  ['a stranger', 401, '192.0.2.7', {}],
  ['a stranger behind a proxy on loopback', 401, '127.0.0.1', { 'x-forwarded-for': '192.0.2.7' }],
  ['one who writes the header himself', 401, '127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }],
  ['one whose header is empty', 401, '127.0.0.1', { 'x-forwarded-for': '' }],
  ['one behind a proxy with another header', 401, '127.0.0.1', { forwarded: 'for=192.0.2.7' }],
  ['one behind a proxy with a third header', 401, '127.0.0.1', { 'x-real-ip': '192.0.2.7' }],
  ['one who claims to be loopback', 401, '192.0.2.7', { 'x-forwarded-for': '127.0.0.1' }],
  ['a neighbour of loopback', 401, '128.0.0.1', {}],
]

describe('the metrics', () => {
  for (const [who, status, peer, headers] of OPEN) {
    test(`without a token answer ${who} with ${status}`, async () => {
      await using app = await startTestApp()
      expect((await app.fetch('/metrics', { headers: { ...headers, ...bearer } }, peer)).status).toBe(status)
    })
  }

  test('with METRICS_TOKEN are open to its bearer from anywhere, and to no other', async () => {
    await using app = await startTestApp({ env: { METRICS_TOKEN: TOKEN } })
    const ask = async (headers: Record<string, string>) =>
      (await app.fetch('/metrics', { headers: { 'x-forwarded-for': '192.0.2.7', ...headers } })).status
    expect(await ask(bearer)).toBe(200)
    expect(await ask({ authorization: `bearer  ${TOKEN}` })).toBe(200)
    const { orgId } = await makeOrg(app.ctx)
    const admin = await makePerson(app, orgId)
    const wrong = ['', TOKEN, `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, 'Bearer ']
    for (const authorization of [...wrong, admin.bearer.authorization]) expect(await ask({ authorization })).toBe(401)
    expect(await ask({ cookie: `hf_session=${admin.jwt}` })).toBe(401)
  })

  test('refuse as the API does, and show nothing', async () => {
    await using app = await startTestApp()
    const response = await app.fetch('/metrics', {}, '192.0.2.7')
    expect(response.headers.get('www-authenticate')).toStartWith('Bearer')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual({
      error: 'unauthenticated',
      message: expect.stringContaining('METRICS_TOKEN'),
      request_id: response.headers.get('x-request-id'),
    })
  })

  test('with a METRICS_TOKEN under 16 bytes do not start', async () => {
    const start = startTestApp({ env: { METRICS_TOKEN: 'fifteen-letters' } })
    await expect(start).rejects.toThrow('METRICS_TOKEN must be at least 16 bytes long.')
    await using _app = await startTestApp({ env: { METRICS_TOKEN: 'sixteen--letters' } })
  })

  test('count requests by route pattern, method and class of status, and never by path', async () => {
    await using app = await startTestApp()
    const { orgId } = await makeOrg(app.ctx)
    const { bearer: admin } = await makePerson(app, orgId)
    for (let n = 0; n < 5; n++) await app.fetch('/api/me', { headers: admin })
    for (let n = 1; n <= 40; n++) await app.fetch(`/api/auth/tokens/${n}`, { method: 'DELETE', headers: admin })
    for (let n = 0; n < 40; n++)
      await app.fetch(`/secret-${n}?token=canary`, { method: ['PURGE', 'MKCOL'][n % 2] ?? '' })
    await app.fetch('/api/auth/login', json('POST', { username: 'nobody@example.test', password: 'x' }))
    const seen = await scrape(app)
    expect(sampleValue(seen, REQUESTS, { route: '/api/me', method: 'GET', status: '2xx' })).toBe(5)
    expect(sampleValue(seen, `${DURATION}_count`, { route: '/api/me' })).toBe(5)
    expect(sampleValue(seen, REQUESTS, { route: '/api/auth/tokens/:id', method: 'DELETE', status: '4xx' })).toBe(40)
    expect(sampleValue(seen, REQUESTS, { route: 'none', method: 'OTHER', status: '4xx' })).toBe(40)
    expect(sampleValue(seen, REQUESTS, { route: '/api/auth/login', method: 'POST', status: '4xx' })).toBe(1)
    expect(new Set(seen.series.map(({ labels }) => labels.route).filter(Boolean)).size).toBe(4)
    expect(JSON.stringify(seen.series)).not.toMatch(/canary|secret-|PURGE|MKCOL/)
  })

  test('show the queue, the database and the process', async () => {
    await using app = await startTestApp()
    const now = app.ctx.clock.now()
    const job = { kind: 'note.write', payload: null, createdAt: now }
    await app.ctx.db.insert(jobs).values([
      { ...job, id: '1', state: 'waiting', runAt: addMs(now, -5 * MINUTE_MS) },
      { ...job, id: '2', state: 'waiting', runAt: addMs(now, MINUTE_MS) },
      { ...job, id: '3', state: 'running', runAt: addMs(now, -9 * MINUTE_MS) },
      { ...job, id: '4', state: 'failed', runAt: addMs(now, -9 * MINUTE_MS) },
      { ...job, id: '5', state: 'done', runAt: addMs(now, -9 * MINUTE_MS) },
    ])
    await scrape(app)
    await Bun.sleep(100)
    const seen = await scrape(app)
    const counted = ['waiting', 'running', 'failed'].map((state) => sampleValue(seen, 'honeyframe_jobs', { state }))
    expect(counted).toEqual([2, 1, 1])
    expect(sampleValue(seen, 'honeyframe_jobs_oldest_due_seconds')).toBeWithin(300, 330)
    expect(sampleValue(seen, 'honeyframe_database_up', { engine: app.ctx.db.engine })).toBe(1)
    expect(sampleValue(seen, 'honeyframe_database_size_bytes')).toBeGreaterThan(10_000)
    expect(sampleValue(seen, 'process_resident_memory_bytes')).toBeGreaterThan(1_000_000)
    expect(sampleValue(seen, 'process_cpu_seconds_total')).toBeGreaterThan(0)
    expect(sampleValue(seen, 'honeyframe_uptime_seconds')).toBeGreaterThan(0)
    expect(sampleValue(seen, 'honeyframe_event_loop_lag_max_seconds')).toBeWithin(0, 60)
    expect(sampleValue(seen, 'honeyframe_build_info')).toBe(1)
    const isPostgres = app.ctx.db.engine === 'postgres'
    expect(sampleValue(seen, 'honeyframe_database_connections') !== undefined).toBe(isPostgres)
  })

  test('say so when the database does not answer', async () => {
    await using app = await startTestApp()
    await app.ctx.db[Symbol.asyncDispose]()
    const seen = await scrape(app)
    expect(sampleValue(seen, 'honeyframe_database_up')).toBe(0)
    expect(sampleValue(seen, 'honeyframe_jobs')).toBeUndefined()
    expect(sampleValue(seen, 'process_resident_memory_bytes')).toBeGreaterThan(0)
  })
})

test('the log level hides the request lines above it, and shows them at its own', async () => {
  for (const [level, lines] of [
    ['info', 1],
    ['warn', 0],
  ] as const) {
    await using app = await startTestApp({ env: { LOG_LEVEL: level } })
    await app.fetch('/api/health')
    expect(app.lines.filter((line) => line.includes('"message":"request"'))).toHaveLength(lines)
  }
})
