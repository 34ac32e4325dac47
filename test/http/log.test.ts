import { afterAll, beforeAll, expect, test } from 'bun:test'
import { visit } from '#test/sessions/visitor.ts'
import { json, makeOrg, makePerson, PASSWORD, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

let app: TestApp
let ada: TestPerson

beforeAll(async () => {
  app = await startTestApp()
  ada = await makePerson(app, (await makeOrg(app.ctx)).orgId)
})
afterAll(async () => app[Symbol.asyncDispose]())

async function lineOf(asked: Promise<Response>): Promise<Record<string, unknown>> {
  const id = (await asked).headers.get('x-request-id') ?? '-'
  const lines = app.lines.filter((line) => line.includes(id))
  expect(lines.length).toBe(1)
  return JSON.parse(lines[0] ?? '{}')
}

test('a request is one line of JSON: id, method, route, org, user, address, status, milliseconds', async () => {
  const line = await lineOf(app.fetch('/api/me', { headers: ada.bearer }, '192.0.2.9'))
  expect(Object.keys(line)).toEqual([
    'time',
    'level',
    'message',
    'request_id',
    'method',
    'route',
    'org',
    'user',
    'address',
    'status',
    'ms',
  ])
  expect(line).toMatchObject({ level: 'info', message: 'request', method: 'GET', route: '/api/me', status: 200 })
  expect([line.org, line.user, line.address]).toEqual([ada.orgId, ada.userId, '192.0.2.9'])
  expect(Number.isNaN(Date.parse(String(line.time)))).toBe(false)
  expect(typeof line.ms).toBe('number')
})

test('the route’s pattern is written and never the path, which may hold a token', async () => {
  expect(await lineOf(app.fetch('/api/auth/tokens/77', { method: 'DELETE', headers: ada.bearer }))).toMatchObject({
    route: '/api/auth/tokens/:id',
    status: 404,
    user: ada.userId,
  })
  expect(await lineOf(app.fetch('/reset-password?token=canary-token'))).toMatchObject({
    route: '/reset-password',
    status: 410,
    user: null,
    org: null,
  })
  expect(await lineOf(app.fetch('/canary-path'))).toMatchObject({ route: 'none', status: 404 })
  expect(await lineOf(app.fetch('/api/me'))).toMatchObject({ route: '/api/me', status: 401, user: null })
})

test('no secret that passes through is in any line', async () => {
  const jwtOf = async () =>
    (
      await (
        await app.fetch('/api/auth/login', json('POST', { username: ada.email, password: PASSWORD }), '192.0.2.10')
      ).json()
    ).access_token
  const jwt = await jwtOf()
  const made = await app.fetch(
    '/api/auth/tokens',
    json('POST', { name: 'n' }, { authorization: `Bearer ${jwt}` }),
    '192.0.2.11',
  )
  const pat = (await made.json()).token
  const browser = visit(app, { peer: '192.0.2.12' })
  await browser.post('/login', { username: ada.email, password: PASSWORD })
  await browser.get('/account')
  await app.fetch('/api/me?access_token=canary-query', {
    headers: {
      authorization: 'Bearer canary-bearer',
      cookie: 'hf_session=canary-cookie',
      'user-agent': 'canary-agent',
      referer: 'http://x/canary-referer',
    },
  })
  await app.fetch('/api/me', { headers: { authorization: `Bearer ${pat}` } })
  const text = app.lines.join('\n')
  const secrets = [
    PASSWORD,
    jwt,
    pat,
    browser.jar.get('hf_session'),
    browser.jar.get('hf_device'),
    app.secrets.jwtSecret,
    'canary-',
  ]
  for (const secret of secrets) expect(text.includes(String(secret))).toBe(false)
  expect(JSON.stringify(app.secrets)).toBe('"[secrets]"')
  expect(Bun.inspect(app.secrets)).not.toContain(app.secrets.jwtSecret)
  expect(JSON.stringify(app.config)).not.toContain(app.secrets.jwtSecret)
})

test('a header cannot forge a line', async () => {
  const line = await lineOf(
    app.fetch('/api/health', { headers: { 'x-forwarded-for': '1.2.3.4"}{"level":"error', 'x-request-id': 'forged' } }),
  )
  expect([line.address, line.request_id === 'forged']).toEqual(['127.0.0.1', false])
})
