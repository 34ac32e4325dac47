import { afterAll, beforeAll, expect, test } from 'bun:test'
import { makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

const LISTED = 'https://dash.example.com'
let app: TestApp
let ada: TestPerson

beforeAll(async () => {
  app = await startTestApp({ env: { CORS_ALLOWED_ORIGINS: `${LISTED}, http://localhost:3000` } })
  ada = await makePerson(app, (await makeOrg(app.ctx)).orgId)
})
afterAll(async () => app[Symbol.asyncDispose]())

function corsOf(answer: Response): Record<string, string> {
  return Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('access-control-')))
}

test('a listed origin may read answers, refusals too, and never with credentials', async () => {
  for (const [path, headers] of [
    ['/api/me', ada.bearer],
    ['/api/me', {}],
    ['/api/nothing', {}],
    ['/api/health', {}],
  ] as const) {
    const answer = await app.fetch(path, { headers: { ...headers, origin: LISTED } })
    expect(corsOf(answer)).toEqual({
      'access-control-allow-origin': LISTED,
      'access-control-expose-headers': 'Retry-After, X-Request-Id',
    })
    expect(answer.headers.get('vary')).toBe('Origin')
  }
})

test('only the exact origins are echoed, and Vary is there in any case', async () => {
  const others = [
    'https://evil.example',
    'http://dash.example.com',
    'https://dash.example.com:8443',
    'https://dash.example.com.evil.example',
    'https://DASH.example.com',
    'https://xdash.example.com',
    'null',
    '*',
    `${LISTED}/`,
    `${LISTED}, https://evil.example`,
    'http://localhost:8000',
  ]
  for (const origin of others) {
    const answer = await app.fetch('/api/health', { headers: { origin } })
    expect([origin, answer.status, corsOf(answer), answer.headers.get('vary')]).toEqual([origin, 200, {}, 'Origin'])
  }
  expect((await app.fetch('/api/health')).headers.get('vary')).toBe('Origin')
})

test('a preflight of a listed origin is granted for any route, and of another one for none', async () => {
  const asking = {
    'access-control-request-method': 'DELETE',
    'access-control-request-headers': 'authorization, x-org-id',
  }
  for (const path of ['/api/me', '/api/auth/tokens/1', '/api/nothing']) {
    const granted = await app.fetch(path, {
      method: 'OPTIONS',
      headers: { ...asking, origin: 'http://localhost:3000' },
    })
    expect([granted.status, corsOf(granted)]).toEqual([
      204,
      {
        'access-control-allow-origin': 'http://localhost:3000',
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': 'Authorization, Content-Type, X-Org-Id',
        'access-control-expose-headers': 'Retry-After, X-Request-Id',
        'access-control-max-age': '600',
      },
    ])
    const refused = await app.fetch(path, { method: 'OPTIONS', headers: { ...asking, origin: 'https://evil.example' } })
    expect([refused.status, corsOf(refused), refused.headers.get('vary')]).toEqual([204, {}, 'Origin'])
  }
})

test('pages have no CORS at all', async () => {
  const asking = { origin: LISTED, 'access-control-request-method': 'POST' }
  expect(corsOf(await app.fetch('/login', { headers: { origin: LISTED } }))).toEqual({})
  const preflight = await app.fetch('/login', { method: 'OPTIONS', headers: asking })
  expect([preflight.status, corsOf(preflight)]).toEqual([404, {}])
})

test('without the variable the install’s own origin is the only one', async () => {
  await using plain = await startTestApp({ env: { PUBLIC_URL: 'https://data.example.com' } })
  const echoed = async (origin: string) =>
    (await plain.fetch('/api/health', { headers: { origin } })).headers.get('access-control-allow-origin')
  expect([
    await echoed('https://data.example.com'),
    await echoed('http://data.example.com'),
    await echoed(LISTED),
  ]).toEqual(['https://data.example.com', null, null])
})
