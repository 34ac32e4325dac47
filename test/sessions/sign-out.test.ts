import { afterAll, beforeAll, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { endedSessions, tokens } from '#core/access/tables.ts'
import { DAY_MS } from '#lib/clock.ts'
import { dropOldSessions } from '#platform/sessions/sign-in.ts'
import { createToken } from '#platform/tokens/token.ts'
import { standingClock } from '#test/jobs/context.ts'
import { visit } from '#test/sessions/visitor.ts'
import { json, makeOrg, makePerson, PASSWORD, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

const clock = standingClock()
let app: TestApp
let orgId: number
let peers = 0

beforeAll(async () => {
  app = await startTestApp({ overrides: { clock } })
  orgId = (await makeOrg(app.ctx)).orgId
})
afterAll(async () => app[Symbol.asyncDispose]())

function peer(): string {
  peers += 1
  return `10.3.0.${peers}`
}

async function meStatus(bearer: string): Promise<number> {
  return (await app.fetch('/api/me', { headers: { authorization: `Bearer ${bearer}` } })).status
}

function post(path: string, bearer: string, body?: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${bearer}` }
  return app.fetch(path, body === undefined ? { method: 'POST', headers } : json('POST', body, headers), peer())
}

async function mint(person: TestPerson): Promise<string> {
  const actor = { kind: 'person', userId: person.userId, email: person.email, name: 'x' } as const
  return (await createToken(app.ctx, { orgId, actor }, { name: 'ci' })).token
}

async function secondSession(person: TestPerson): Promise<string> {
  const { token } = await app.bearer.sign({ userId: person.userId, version: 0, orgId, role: 'admin' })
  return token
}

test('logout ends this session and no other, and a second logout is 401', async () => {
  const ada = await makePerson(app, orgId)
  const other = await secondSession(ada)
  const pat = await mint(ada)
  expect((await post('/api/auth/logout', ada.jwt)).status).toBe(200)
  expect(await meStatus(ada.jwt)).toBe(401)
  expect([await meStatus(other), await meStatus(pat)]).toEqual([200, 200])
  expect((await post('/api/auth/logout', ada.jwt)).status).toBe(401)
})

test('a renewed token of a session that was ended is refused, since the session has one jti', async () => {
  const ada = await makePerson(app, orgId)
  const claims = await app.bearer.verify(ada.jwt)
  const renewed = await app.bearer.sign({ ...claims, userId: ada.userId, version: 0, orgId, role: 'admin' })
  expect(await meStatus(renewed.token)).toBe(200)
  await post('/api/auth/logout', ada.jwt)
  expect(await meStatus(renewed.token)).toBe(401)
})

test('sign-out everywhere ends every session and leaves personal access tokens', async () => {
  const ada = await makePerson(app, orgId)
  const bob = await makePerson(app, orgId)
  const [other, pat] = [await secondSession(ada), await mint(ada)]
  const answer = await post('/api/auth/sign-out-everywhere', ada.jwt)
  expect([answer.status, (await answer.json()).tokens_revoked]).toEqual([200, 0])
  expect([await meStatus(ada.jwt), await meStatus(other), await meStatus(pat)]).toEqual([401, 401, 200])
  expect(await meStatus(bob.jwt)).toBe(200)
  const fresh = await app.fetch('/api/auth/login', json('POST', { username: ada.email, password: PASSWORD }), peer())
  expect(await meStatus((await fresh.json()).access_token)).toBe(200)
})

test('sign-out everywhere with tokens revokes one’s own tokens and nobody else’s', async () => {
  const [ada, bob] = [await makePerson(app, orgId), await makePerson(app, orgId)]
  const [first, second, his] = [await mint(ada), await mint(ada), await mint(bob)]
  const answer = await post('/api/auth/sign-out-everywhere', ada.jwt, { tokens: true })
  expect((await answer.json()).tokens_revoked).toBe(2)
  expect([await meStatus(first), await meStatus(second), await meStatus(his)]).toEqual([401, 401, 200])
  const rows = await app.ctx.db.select().from(tokens).where(eq(tokens.userId, ada.userId))
  expect(rows.every((row) => row.revokedAt !== null)).toBe(true)
})

test('a personal access token signs nobody out', async () => {
  const ada = await makePerson(app, orgId)
  const pat = await mint(ada)
  for (const path of ['/api/auth/logout', '/api/auth/sign-out-everywhere']) {
    const answer = await post(path, pat)
    expect([answer.status, (await answer.json()).error]).toEqual([403, 'interactive_only'])
  }
  expect([await meStatus(ada.jwt), await meStatus(pat)]).toEqual([200, 200])
})

test('signing out in the browser drops the cookie and kills it on the server', async () => {
  const ada = await makePerson(app, orgId)
  const browser = visit(app, { peer: peer() })
  await browser.post('/login', { username: ada.email, password: PASSWORD })
  const stolen = browser.jar.get('hf_session') ?? ''
  expect((await browser.get('/account')).status).toBe(200)
  const out = await browser.post('/logout', {})
  expect([out.status, out.headers.get('location')]).toEqual([303, '/login'])
  expect(browser.jar.has('hf_session')).toBe(false)
  expect((await app.fetch('/account', { headers: { cookie: `hf_session=${stolen}` } })).headers.get('location')).toBe(
    '/login?next=%2Faccount',
  )
  expect(await meStatus(stolen)).toBe(401)
})

test('the page signs out everywhere, with tokens only when asked', async () => {
  const ada = await makePerson(app, orgId)
  const pat = await mint(ada)
  const browser = visit(app, { peer: peer() })
  await browser.post('/login', { username: ada.email, password: PASSWORD })
  expect((await browser.post('/account/sign-out-everywhere', {})).headers.get('location')).toBe('/login')
  expect([browser.jar.has('hf_session'), await meStatus(ada.jwt), await meStatus(pat)]).toEqual([false, 401, 200])
  await browser.post('/login', { username: ada.email, password: PASSWORD })
  await browser.post('/account/sign-out-everywhere', { tokens: 'on' })
  expect(await meStatus(pat)).toBe(401)
})

test('an ended session is remembered until no token of it can be valid, and then forgotten', async () => {
  const ada = await makePerson(app, orgId)
  await post('/api/auth/logout', ada.jwt)
  const kept = () => app.ctx.db.$count(endedSessions, eq(endedSessions.userId, ada.userId))
  clock.advance(7 * DAY_MS)
  await dropOldSessions(app.ctx)
  expect(await kept()).toBe(1)
  clock.advance(2 * DAY_MS)
  await dropOldSessions(app.ctx)
  expect(await kept()).toBe(0)
})
