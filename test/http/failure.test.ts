import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import { createApp } from '#http/app.ts'
import { frontDoor } from '#http/front-door.ts'
import { gate } from '#http/gate.ts'
import { createRateLimit } from '#http/rate-limit.ts'
import { refusePage } from '#http/refuse-page.tsx'
import { createRequestCounts } from '#http/request-counts.ts'
import { json, makeOrg, makePerson, startTestApp, type TestApp } from '#test/support/app.ts'

const SECRET = "canary: select * from users where email = 'ada@example.test' at /srv/secret/path.ts"
let app: TestApp

beforeAll(async () => {
  app = await startTestApp()
})
afterAll(async () => app[Symbol.asyncDispose]())

function fail(): never {
  throw new Error(SECRET, { cause: new Error(`${SECRET} again`) })
}

/** The house with one room whose verbs fail in every way. */
function brokenHouse() {
  const door = { ctx: app.ctx, bearer: app.bearer, rateLimit: createRateLimit(app.ctx.clock), navigation: [], tour: [] }
  const room = new Elysia()
    .use(gate(door))
    .get('/api/broken', () => fail(), { open: true })
    .post('/api/broken', async () => await Promise.reject(new Error(SECRET)), { open: true })
    .get('/api/broken/text', () => Promise.reject(SECRET), { open: true })
    .get('/api/broken/row', () => app.ctx.db.select().from(Object.create(null)), { open: true })
    .get('/broken', () => fail(), { open: true })
  return frontDoor(app.ctx, createRequestCounts(), (request) => createApp(door, [room], refusePage).fetch(request))
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const url = new URL(path, 'http://localhost:8000')
  return await brokenHouse()(
    new Request(url, { ...init, headers: { host: url.host, ...Object.fromEntries(new Headers(init.headers)) } }),
    '127.0.0.1',
  )
}

test('a verb that throws is a 500 that says internal and a request id, and nothing else', async () => {
  for (const [method, path] of [
    ['GET', '/api/broken'],
    ['POST', '/api/broken'],
    ['GET', '/api/broken/text'],
    ['GET', '/api/broken/row'],
  ] as const) {
    const answer = await ask(path, { method })
    const body = await answer.json()
    expect([path, answer.status, body]).toEqual([
      path,
      500,
      {
        error: 'internal',
        message: 'Something went wrong on our side. Quote the request id when you report it.',
        request_id: answer.headers.get('x-request-id'),
      },
    ])
    expect(answer.headers.get('content-security-policy')).not.toBeNull()
    const line = app.lines.find((one) => one.includes(body.request_id) && one.includes('request failed'))
    expect([path, line?.includes('\\n    at ')]).toEqual([path, false])
  }
})

test('a page that throws is a 500 with the request id and without the reason', async () => {
  const answer = await ask('/broken')
  const page = await answer.text()
  expect([answer.status, page.includes(answer.headers.get('x-request-id') ?? '-'), page.includes('canary')]).toEqual([
    500,
    true,
    false,
  ])
  expect(answer.headers.get('content-security-policy')).not.toBeNull()
})

test('when even the error page fails the answer is still ours', async () => {
  const broken = frontDoor(app.ctx, createRequestCounts(), () => fail())
  const answer = await broken(new Request('http://localhost:8000/'), '127.0.0.1')
  const text = await answer.text()
  expect([answer.status, JSON.parse(text).error, text.includes('canary')]).toEqual([500, 'internal', false])
  expect(answer.headers.get('x-request-id')).toBe(JSON.parse(text).request_id)
})

test('a database that fails while the caller is looked up is a 500 and no 400 or 401', async () => {
  await using other = await startTestApp()
  const ada = await makePerson(other, (await makeOrg(other.ctx)).orgId)
  expect((await other.fetch('/api/me', { headers: ada.bearer })).status).toBe(200)
  await other.ctx.db[Symbol.asyncDispose]()
  for (const init of [{ headers: ada.bearer }, json('PATCH', { name: 'x' }, ada.bearer)]) {
    const answer = await other.fetch('/api/me', init)
    const body = await answer.json()
    expect([answer.status, body.error]).toEqual([500, 'internal'])
  }
})
