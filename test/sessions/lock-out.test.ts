import { afterEach, beforeEach, expect, spyOn, test } from 'bun:test'
import { signInAttempts } from '#core/access/tables.ts'
import { MINUTE_MS } from '#lib/clock.ts'
import { dropOldSessions } from '#platform/sessions/sign-in.ts'
import { type StandingClock, standingClock } from '#test/jobs/context.ts'
import { cookieLines, visit } from '#test/sessions/visitor.ts'
import { json, makeOrg, makePerson, PASSWORD, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

const PROXY = '127.0.0.1'
const STRANGER = '203.0.113.9'

let app: TestApp
let clock: StandingClock
let ada: TestPerson

beforeEach(async () => {
  clock = standingClock()
  app = await startTestApp({ overrides: { clock } })
  ada = await makePerson(app, (await makeOrg(app.ctx)).orgId)
})
afterEach(async () => app[Symbol.asyncDispose]())

/** The address bucket stands on its own: each try is made a second after the one before. */
function login(address: string, username: string, password: string): Promise<Response> {
  clock.advance(1000)
  return app.fetch('/api/auth/login', json('POST', { username, password }), address)
}

async function guess(address: string, times: number, username = ada.email): Promise<number[]> {
  const statuses: number[] = []
  for (let n = 0; n < times; n += 1) statuses.push((await login(address, username, `guess number ${n}`)).status)
  return statuses
}

test('ten failures lock an address out of an account for 15 minutes, with the seconds to wait; the right password too', async () => {
  expect(await guess(STRANGER, 10)).toEqual(Array(10).fill(401))
  const refused = await login(STRANGER, ada.email, PASSWORD)
  const body = await refused.json()
  expect([refused.status, body.error]).toEqual([429, 'locked_out'])
  const seconds = Number(refused.headers.get('retry-after'))
  expect(body.retry_after).toBe(seconds)
  // The oldest of the ten was ten seconds before this one.
  expect(seconds).toBe(15 * 60 - 10)
  clock.advance((seconds - 2) * 1000)
  expect((await login(STRANGER, ada.email, PASSWORD)).status).toBe(429)
  expect((await login(STRANGER, ada.email, PASSWORD)).status).toBe(200)
})

test('nine failures lock nobody out, and a success forgets them', async () => {
  for (let round = 0; round < 3; round += 1) {
    expect(await guess(STRANGER, 9)).toEqual(Array(9).fill(401))
    expect((await login(STRANGER, ada.email, PASSWORD)).status).toBe(200)
  }
})

test('a refused try is not counted again, so the wait does not grow while someone keeps trying', async () => {
  await guess(STRANGER, 10)
  expect(await guess(STRANGER, 20)).toEqual(Array(20).fill(429))
  expect(await app.ctx.db.$count(signInAttempts)).toBe(10)
})

test('another address and another account are not locked out', async () => {
  const bob = await makePerson(app, ada.orgId)
  await guess(STRANGER, 10)
  expect((await login('198.51.100.7', ada.email, PASSWORD)).status).toBe(200)
  expect((await login(STRANGER, bob.email, PASSWORD)).status).toBe(200)
  expect((await login(STRANGER, ada.email, PASSWORD)).status).toBe(429)
})

test('an account that does not exist is locked out alike', async () => {
  expect(await guess(STRANGER, 11, 'nobody@example.test')).toEqual([...Array(10).fill(401), 429])
  expect(await guess('198.51.100.7', 11)).toEqual([...Array(10).fill(401), 429])
  const answers = await Promise.all([
    login(STRANGER, 'NOBODY@example.test', 'x'),
    login('198.51.100.7', ada.email.toUpperCase(), 'x'),
  ])
  const bodies = await Promise.all(answers.map((answer) => answer.json()))
  expect(Object.keys(bodies[0])).toEqual(Object.keys(bodies[1]))
  expect(bodies.map(({ error, message }) => [error, message])).toEqual(
    Array(2).fill([bodies[0].error, bodies[0].message]),
  )
  expect(bodies[0].error).toBe('locked_out')
})

test('50 guesses at once count as 50: at most ten passwords are compared, and the address stays locked out', async () => {
  const { signIn } = await import('#platform/sessions/sign-in.ts')
  const verify = spyOn(Bun.password, 'verify')
  try {
    const caller = { requestId: 'r', address: STRANGER }
    const tries = Array.from({ length: 50 }, (_, n) =>
      signIn(app.ctx, caller, { username: ada.email, password: `guess ${n}` }),
    )
    const codes = (await Promise.allSettled(tries)).map((one) => (one.status === 'rejected' ? one.reason.code : 'in'))
    expect(new Set(codes).difference(new Set(['invalid_credentials', 'locked_out'])).size).toBe(0)
    expect(verify.mock.calls.length).toBeLessThanOrEqual(10)
    expect(codes.filter((code) => code === 'locked_out').length).toBeGreaterThanOrEqual(40)
  } finally {
    verify.mockRestore()
  }
  expect((await login(STRANGER, ada.email, PASSWORD)).status).toBe(429)
  expect((await login('198.51.100.7', ada.email, PASSWORD)).status).toBe(200)
})

test('guesses from a hundred addresses lock strangers out of the account, and never a browser that signed in before', async () => {
  const home = visit(app, { peer: '192.0.2.50' })
  expect((await home.post('/login', { username: ada.email, password: PASSWORD })).status).toBe(303)
  home.jar.delete('hf_session')
  expect([...home.jar.keys()]).toEqual(['hf_device'])
  for (let n = 0; n < 100; n += 1) await guess(`198.51.100.${n}`, 1)
  const stranger = await login('203.0.113.200', ada.email, PASSWORD)
  expect([stranger.status, stranger.headers.has('retry-after')]).toEqual([429, true])
  // From the very address of a guesser, since the browser and not the address is known.
  const again = await home.post('/login', { username: ada.email, password: PASSWORD })
  expect(again.status).toBe(303)
})

test('a known browser has a count of its own, which a stranger at the same address does not use up', async () => {
  const home = visit(app, { peer: STRANGER })
  await home.post('/login', { username: ada.email, password: PASSWORD })
  await guess(STRANGER, 11)
  expect((await login(STRANGER, ada.email, PASSWORD)).status).toBe(429)
  expect((await home.post('/login', { username: ada.email, password: PASSWORD })).status).toBe(303)
  for (let n = 0; n < 10; n += 1) {
    clock.advance(1000)
    expect((await home.post('/login', { username: ada.email, password: 'wrong' })).status).toBe(401)
  }
  const locked = await home.post('/login', { username: ada.email, password: PASSWORD })
  expect([locked.status, Number(locked.headers.get('retry-after')) > 0]).toEqual([429, true])
  expect(await locked.text()).toContain('Too many failed attempts')
})

test('a device cookie counts for its own account only, and only when we made it', async () => {
  const eve = await makePerson(app, ada.orgId)
  const hers = visit(app, { peer: STRANGER })
  await hers.post('/login', { username: eve.email, password: PASSWORD })
  await guess(STRANGER, 10)
  expect((await hers.post('/login', { username: ada.email, password: PASSWORD })).status).toBe(429)
  const device = hers.jar.get('hf_device') ?? ''
  for (const planted of ['x', `${device}x`, ada.jwt, device.split('.').slice(0, 2).join('.'), '']) {
    hers.jar.set('hf_device', planted)
    clock.advance(1000)
    expect((await hers.post('/login', { username: ada.email, password: PASSWORD })).status).toBe(429)
  }
})

test('a device cookie opens nothing by itself', async () => {
  const home = visit(app)
  const signedIn = await home.post('/login', { username: ada.email, password: PASSWORD })
  const [line = ''] = cookieLines(signedIn, 'hf_device')
  expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Max-Age=34560000$/)
  const device = home.jar.get('hf_device') ?? ''
  expect((await app.fetch('/api/me', { headers: { authorization: `Bearer ${device}` } })).status).toBe(401)
  expect((await app.fetch('/account', { headers: { cookie: `hf_session=${device}` } })).status).toBe(303)
  expect(
    (await app.fetch('/account', { headers: { cookie: `hf_session=${home.jar.get('hf_session')}` } })).status,
  ).toBe(200)
})

test('X-Forwarded-For counts only when a trusted proxy sent it, and only the hop that no trusted proxy wrote', async () => {
  const from = (peer: string, forwarded: string) => {
    clock.advance(1000)
    const headers = { 'x-forwarded-for': forwarded }
    return app.fetch('/api/auth/login', json('POST', { username: ada.email, password: 'wrong' }, headers), peer)
  }
  // A stranger who makes up a new address each time is still one address.
  for (let n = 0; n < 10; n += 1) expect((await from(STRANGER, `10.1.1.${n}`)).status).toBe(401)
  expect((await from(STRANGER, '10.1.1.99')).status).toBe(429)
  // Behind the proxy the client writes what he likes at the left; the proxy adds his address at the right.
  for (let n = 0; n < 10; n += 1) expect((await from(PROXY, `10.2.2.${n}, 192.0.2.77`)).status).toBe(401)
  expect((await from(PROXY, '10.2.2.99, 192.0.2.77')).status).toBe(429)
  expect((await from(PROXY, '10.2.2.99, 192.0.2.77, 127.0.0.1')).status).toBe(429)
  expect((await from(PROXY, '192.0.2.78')).status).toBe(401)
})

test('wrong old passwords lock a session out of changing the password, and strangers never do', async () => {
  await guess(STRANGER, 10)
  const change = (oldPassword: string, newPassword: string) => {
    clock.advance(1000)
    const body = { old_password: oldPassword, new_password: newPassword }
    return app.fetch('/api/auth/change-password', json('POST', body, ada.bearer), STRANGER)
  }
  for (let n = 0; n < 9; n += 1) expect((await change(`wrong ${n}`, 'a quite new password')).status).toBe(403)
  // The right one with a new one that will not do is no guess, however often.
  for (let n = 0; n < 12; n += 1) expect((await change(PASSWORD, 'short')).status).toBe(422)
  for (let n = 0; n < 10; n += 1) expect((await change(`wrong ${n}`, 'a quite new password')).status).toBe(403)
  const locked = await change(PASSWORD, 'a quite new password')
  expect([locked.status, locked.headers.has('retry-after')]).toEqual([429, true])
  clock.advance(15 * MINUTE_MS)
  expect((await change(PASSWORD, 'a quite new password')).status).toBe(200)
})

test('the hourly sweep drops what no count reads any more, and nothing else', async () => {
  await guess(STRANGER, 3)
  clock.advance(59 * MINUTE_MS)
  await guess(STRANGER, 1)
  await dropOldSessions(app.ctx)
  expect(await app.ctx.db.$count(signInAttempts)).toBe(4)
  clock.advance(2 * MINUTE_MS)
  await dropOldSessions(app.ctx)
  expect(await app.ctx.db.$count(signInAttempts)).toBe(1)
})

test('what is kept of a try names neither the account nor the password', async () => {
  await login(STRANGER, 'secret.person@example.test', 'planted-canary-password')
  const rows = JSON.stringify(await app.ctx.db.select().from(signInAttempts))
  expect(rows).toContain(STRANGER)
  for (const planted of ['secret.person', 'planted-canary']) {
    expect(rows).not.toContain(planted)
    expect(app.lines.join('\n')).not.toContain(planted)
  }
})
