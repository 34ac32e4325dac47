import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { type JWTPayload, SignJWT } from 'jose'
import { users } from '#core/tenancy/tables.ts'
import { standingClock } from '#test/jobs/context.ts'
import { makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

const OTHER_SECRET = 'another secret of more than 32 bytes'
const PREVIOUS = 'the former secret of more than 32 bytes'
const clock = standingClock()

let app: TestApp
let ada: TestPerson
let good: JWTPayload

beforeAll(async () => {
  app = await startTestApp({ env: { JWT_SECRET_PREVIOUS: PREVIOUS }, overrides: { clock } })
  const { orgId } = await makeOrg(app.ctx)
  ada = await makePerson(app, orgId)
  good = payloadOf(ada.jwt)
})
afterAll(async () => app[Symbol.asyncDispose]())

function payloadOf(token: string): JWTPayload {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function sign(payload: JWTPayload, alg = 'HS256', secret = app.secrets.jwtSecret): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg, typ: 'JWT' }).sign(new TextEncoder().encode(secret))
}

function without(name: string): JWTPayload {
  return Object.fromEntries(Object.entries(good).filter(([member]) => member !== name))
}

async function statusWith(authorization: string): Promise<number> {
  const answer = await app.fetch('/api/me', { headers: { authorization } })
  const body = await answer.json()
  if (answer.status === 401) {
    expect(body.error).toBe('unauthenticated')
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="honeyframe"')
  }
  return answer.status
}

const FORGED: Record<string, () => string | Promise<string>> = {
  'without exp': () => sign(without('exp')),
  'without jti': () => sign(without('jti')),
  'without aud': () => sign(without('aud')),
  'without iss': () => sign(without('iss')),
  'without ver': () => sign(without('ver')),
  'without user_id': () => sign(without('user_id')),
  'for the control plane': () => sign({ ...good, aud: 'control-plane' }),
  'for a device': () => sign({ ...good, aud: 'device' }),
  'of another issuer': () => sign({ ...good, iss: 'honeyframe.evil' }),
  'signed with HS512 where HS256 is set': () => sign(good, 'HS512'),
  'signed with HS384 where HS256 is set': () => sign(good, 'HS384'),
  'signed with another secret': () => sign(good, 'HS256', OTHER_SECRET),
  'signed with JWT_SECRET_PREVIOUS': () => sign(good, 'HS256', PREVIOUS),
  'that expired': () => sign({ ...good, exp: Math.floor(clock.now().getTime() / 1000) }),
  'that is not valid yet': () => sign({ ...good, nbf: Math.floor(clock.now().getTime() / 1000) + 60 }),
  'with alg none': () => `${part({ alg: 'none', typ: 'JWT' })}.${part(good)}.`,
  'with alg None and a signature': () => `${part({ alg: 'None' })}.${part(good)}.${ada.jwt.split('.')[2]}`,
  'with an edited payload': () => {
    const pieces = ada.jwt.split('.')
    return [pieces[0], part({ ...good, user_id: Number(good.user_id) + 1 }), pieces[2]].join('.')
  },
  'with a cut signature': () => ada.jwt.slice(0, -2),
  'without a signature': () => `${ada.jwt.split('.').slice(0, 2).join('.')}.`,
  'of a person who does not exist': () => sign({ ...good, user_id: 999_999 }),
  'whose user_id is no whole number': () => sign({ ...good, user_id: 1.5 }),
  'whose user_id is too large for the database': () => sign({ ...good, user_id: 1e300 }),
  'whose user_id is a text': () => sign({ ...good, user_id: String(good.user_id) }),
  'of another token version': () => sign({ ...good, ver: 7 }),
  'with an unknown critical header': () =>
    new SignJWT(good)
      .setProtectedHeader({ alg: 'HS256', crit: ['x'], x: 1 })
      .sign(new TextEncoder().encode(app.secrets.jwtSecret), { crit: { x: true } }),
}

describe('a token', () => {
  for (const [name, forge] of Object.entries(FORGED)) {
    test(`${name} is 401, the same one without the fault opens`, async () => {
      expect(await statusWith(`Bearer ${await forge()}`)).toBe(401)
      expect(await statusWith(`Bearer ${await sign(good)}`)).toBe(200)
    })
  }
})

test('an Authorization value that is no token is 401, whatever its form and length', async () => {
  const values = ['', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b', ada.jwt, `Bearer ${ada.jwt}, Bearer ${ada.jwt}`]
  const more = [
    `Bearer ${'a'.repeat(100_000)}`,
    `Bearer ${ada.jwt}.x`,
    'Bearer hf_',
    'Bearer ...',
    'Bearer é',
    `Token ${ada.jwt}`,
  ]
  for (const value of [...values, ...more])
    expect([value.slice(0, 40), await statusWith(value)]).toEqual([value.slice(0, 40), 401])
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) expect(await statusWith(`${scheme} ${ada.jwt}`)).toBe(200)
  expect((await app.fetch('/api/me')).status).toBe(401)
})

test('a token that was accepted is refused from the second it expires', async () => {
  const { token } = await app.bearer.sign({ userId: ada.userId, version: 0, orgId: ada.orgId, role: 'admin' })
  expect(await statusWith(`Bearer ${token}`)).toBe(200)
  clock.advance(60 * 60_000 - 1)
  expect(await statusWith(`Bearer ${token}`)).toBe(200)
  clock.advance(1)
  expect(await statusWith(`Bearer ${token}`)).toBe(401)
})

test('the role in a token gives nothing: the database decides, on each request', async () => {
  const { orgId } = await makeOrg(app.ctx)
  const vera = await makePerson(app, orgId, 'viewer')
  const boast = await sign({ ...payloadOf(vera.jwt), role: 'admin' })
  const answer = await app.fetch('/api/me', { headers: { authorization: `Bearer ${boast}` } })
  expect(await answer.json()).toMatchObject({ role: 'viewer', permissions: [] })
  expect((await app.fetch('/api/members', { headers: { authorization: `Bearer ${boast}` } })).status).toBe(403)
})

test('deactivation and a raised version end a token at once', async () => {
  const bob = await makePerson(app, ada.orgId)
  expect(await statusWith(bob.bearer.authorization)).toBe(200)
  await app.ctx.db.update(users).set({ isActive: false }).where(eq(users.id, bob.userId))
  expect(await statusWith(bob.bearer.authorization)).toBe(401)
  await app.ctx.db.update(users).set({ isActive: true }).where(eq(users.id, bob.userId))
  expect(await statusWith(bob.bearer.authorization)).toBe(200)
  await app.ctx.db.update(users).set({ tokenVersion: 1 }).where(eq(users.id, bob.userId))
  expect(await statusWith(bob.bearer.authorization)).toBe(401)
})

test('JWT_ALGORITHM chooses the algorithm, and then only that one is accepted', async () => {
  await using strong = await startTestApp({ env: { JWT_ALGORITHM: 'HS512', JWT_EXPIRE_MINUTES: '5' } })
  const { orgId } = await makeOrg(strong.ctx)
  const eve = await makePerson(strong, orgId)
  const ask = (token: string) => strong.fetch('/api/me', { headers: { authorization: `Bearer ${token}` } })
  const claims = payloadOf(eve.jwt)
  const key = new TextEncoder().encode(strong.secrets.jwtSecret)
  expect((await ask(eve.jwt)).status).toBe(200)
  expect(Number(claims.exp) - Number(claims.iat)).toBeLessThanOrEqual(300)
  expect((await ask(await new SignJWT(claims).setProtectedHeader({ alg: 'HS512' }).sign(key))).status).toBe(200)
  expect((await ask(await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key))).status).toBe(401)
})
