import { afterAll, beforeAll, expect, test } from 'bun:test'
import { DAY_MS, MINUTE_MS } from '#lib/clock.ts'
import { createToken } from '#platform/tokens/token.ts'
import { standingClock } from '#test/jobs/context.ts'
import { cookieLines, visit } from '#test/sessions/visitor.ts'
import { makeOrg, makePerson, PASSWORD, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

const PLAIN = /^hf_session=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax$/
const SECURE = /^__Host-hf_session=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Secure$/

const clock = standingClock()
let app: TestApp
let ada: TestPerson
let peers = 0

beforeAll(async () => {
  app = await startTestApp({ overrides: { clock } })
  ada = await makePerson(app, (await makeOrg(app.ctx)).orgId)
})
afterAll(async () => app[Symbol.asyncDispose]())

function signIn(browser: ReturnType<typeof visit>): Promise<Response> {
  return browser.post('/login', { username: ada.email, password: PASSWORD })
}

function peer(): string {
  peers += 1
  return `10.6.0.${peers}`
}

function claimsOf(cookie: string): { jti: string; exp: number; auth_time: number } {
  return JSON.parse(Buffer.from(cookie.split('.')[1] ?? '', 'base64url').toString())
}

test('on plain http the session is an HttpOnly, SameSite=Lax cookie that dies with the browser', async () => {
  const answer = await signIn(visit(app, { peer: peer() }))
  const lines = cookieLines(answer, 'hf_session')
  expect([answer.status, lines.length]).toEqual([303, 1])
  expect(lines[0]).toMatch(PLAIN)
  expect(answer.headers.has('strict-transport-security')).toBe(false)
})

test('with an https PUBLIC_URL the cookies are Secure under the __Host- prefix, and a plain one is not read', async () => {
  await using secure = await startTestApp({ env: { PUBLIC_URL: 'https://data.example.com' } })
  const eve = await makePerson(secure, (await makeOrg(secure.ctx)).orgId)
  const browser = visit(secure)
  const answer = await browser.post('/login', { username: eve.email, password: PASSWORD })
  expect(cookieLines(answer, '__Host-hf_session')[0]).toMatch(SECURE)
  expect(cookieLines(answer, '__Host-hf_device')[0]).toMatch(/; Secure; Max-Age=/)
  expect([...browser.jar.keys()].toSorted()).toEqual(['__Host-hf_device', '__Host-hf_session'])
  expect((await browser.get('/account')).status).toBe(200)
  // A cookie without the prefix can be planted by plain http or by a neighbour's host.
  const planted = browser.jar.get('__Host-hf_session') ?? ''
  const answerToPlain = await secure.fetch('/account', { headers: { cookie: `hf_session=${planted}` } })
  expect([answerToPlain.status, answerToPlain.headers.get('location')]).toEqual([303, '/login?next=%2Faccount'])
})

test('X-Forwarded-Proto makes it https from a trusted proxy, and changes nothing from anyone else', async () => {
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': peer() }
  const trusted = await signIn(visit(app, { peer: '127.0.0.1', headers }))
  expect(cookieLines(trusted, '__Host-hf_session')[0]).toMatch(SECURE)
  expect(trusted.headers.get('strict-transport-security')).toBe('max-age=31536000')
  const mapped = await signIn(
    visit(app, { peer: '::ffff:127.0.0.1', headers: { ...headers, 'x-forwarded-for': peer() } }),
  )
  expect(cookieLines(mapped, '__Host-hf_session').length).toBe(1)
  const stranger = await signIn(visit(app, { peer: peer(), headers }))
  expect(cookieLines(stranger, 'hf_session')[0]).toMatch(PLAIN)
  expect(stranger.headers.has('strict-transport-security')).toBe(false)
})

test('a session is renewed while in use: same jti, same start, one cookie, no later than 7 days after the sign-in', async () => {
  const browser = visit(app, { peer: peer() })
  await signIn(browser)
  const first = claimsOf(browser.jar.get('hf_session') ?? '')
  clock.advance(29 * MINUTE_MS)
  expect(cookieLines(await browser.get('/account'), 'hf_session')).toEqual([])
  clock.advance(2 * MINUTE_MS)
  const renewing = await browser.get('/account')
  expect(cookieLines(renewing, 'hf_session').length).toBe(1)
  const second = claimsOf(browser.jar.get('hf_session') ?? '')
  expect([second.jti, second.auth_time, second.exp - first.exp]).toEqual([first.jti, first.auth_time, 31 * 60])
  let days = 0
  for (; days < 8 * 48; days += 1) {
    clock.advance(30 * MINUTE_MS)
    if ((await browser.get('/account')).status !== 200) break
    expect(claimsOf(browser.jar.get('hf_session') ?? '').jti).toBe(first.jti)
    expect(claimsOf(browser.jar.get('hf_session') ?? '').exp).toBeLessThanOrEqual(first.auth_time + (7 * DAY_MS) / 1000)
  }
  expect(days).toBe(7 * 48 - 2)
  expect((await browser.get('/account')).headers.get('location')).toBe('/login?next=%2Faccount')
})

test('an idle session ends after JWT_EXPIRE_MINUTES', async () => {
  const browser = visit(app, { peer: peer() })
  await signIn(browser)
  clock.advance(60 * MINUTE_MS - 1)
  expect((await browser.get('/account')).status).toBe(200)
  const idle = visit(app, { peer: peer() })
  await signIn(idle)
  clock.advance(60 * MINUTE_MS)
  expect((await idle.get('/account')).status).toBe(303)
})

test('a change of password in an old session sets one session cookie and not two', async () => {
  const eve = await makePerson(app, ada.orgId)
  const browser = visit(app, { peer: peer() })
  await browser.post('/login', { username: eve.email, password: PASSWORD })
  clock.advance(40 * MINUTE_MS)
  const answer = await browser.post('/account/password', {
    old_password: PASSWORD,
    new_password: 'a quite new password',
  })
  expect([answer.status, cookieLines(answer, 'hf_session').length]).toEqual([303, 1])
  expect((await browser.get('/account')).status).toBe(200)
  clock.advance(40 * MINUTE_MS)
  const out = await browser.post('/account/sign-out-everywhere', {})
  expect(cookieLines(out, 'hf_session')).toEqual(['hf_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0'])
})

test('pages ignore Authorization, and the API ignores cookies', async () => {
  const browser = visit(app, { peer: peer() })
  await signIn(browser)
  const { token: fresh } = await app.bearer.sign({ userId: ada.userId, version: 0, orgId: ada.orgId, role: 'admin' })
  const actor = { kind: 'person', userId: ada.userId, email: ada.email, name: 'x' } as const
  const { token: pat } = await createToken(app.ctx, { orgId: ada.orgId, actor }, { name: 'ci' })
  for (const token of [fresh, pat]) {
    const authorization = `Bearer ${token}`
    expect((await app.fetch('/account', { headers: { authorization } })).headers.get('location')).toBe(
      '/login?next=%2Faccount',
    )
    expect((await app.fetch('/api/me', { headers: { authorization } })).status).toBe(200)
    expect((await app.fetch('/account', { headers: { cookie: `hf_session=${pat}` } })).status).toBe(303)
  }
  expect((await browser.get('/account')).status).toBe(200)
  expect((await browser.get('/api/me')).status).toBe(401)
  const unsafe = await browser.post('/api/auth/sign-out-everywhere', {})
  expect([unsafe.status, (await browser.get('/account')).status]).toEqual([401, 200])
})

test('a cookie that is no session leads to the sign-in and is no error', async () => {
  for (const value of ['', 'x', '""', 'a.b.c', '%00', 'é', 'x'.repeat(5000)]) {
    const answer = await app.fetch('/account', { headers: { cookie: `a=b; hf_session=${value}; c` } })
    expect([value.slice(0, 9), answer.status]).toEqual([value.slice(0, 9), 303])
  }
})

test('a person who is signed in is led on from the sign-in page', async () => {
  const browser = visit(app, { peer: peer() })
  expect((await browser.get('/login')).status).toBe(200)
  await signIn(browser)
  expect((await browser.get('/login?next=/tokens')).headers.get('location')).toBe('/tokens')
  expect((await browser.get('/')).headers.get('location')).toBe('/members')
})
