import { afterAll, beforeAll, expect, spyOn, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { users } from '#core/tenancy/tables.ts'
import { json, makeOrg, makePerson, PASSWORD, startTestApp, type TestApp } from '#test/support/app.ts'

let app: TestApp
let orgId: number
let peers = 0

beforeAll(async () => {
  app = await startTestApp()
  orgId = (await makeOrg(app.ctx)).orgId
})
afterAll(async () => app[Symbol.asyncDispose]())

function login(username: string, password: string): Promise<Response> {
  peers += 1
  return app.fetch('/api/auth/login', json('POST', { username, password }), `10.0.${peers >> 8}.${peers & 255}`)
}

async function bodyWithoutId(response: Response): Promise<object> {
  const body = await response.json()
  expect(body.request_id).toMatch(/^[0-9a-f-]{36}$/)
  return { ...body, request_id: '' }
}

test('the right password gives a bearer token that opens the API, and is written down', async () => {
  const ada = await makePerson(app, orgId)
  const answer = await login(ada.email, PASSWORD)
  const body = await answer.json()
  expect([answer.status, body.token_type, body.must_reset_password]).toEqual([200, 'bearer', false])
  expect(Object.keys(body)).toEqual(['access_token', 'token_type', 'must_reset_password'])
  expect(answer.headers.getSetCookie()).toEqual([])
  const me = await app.fetch('/api/me', { headers: { authorization: `Bearer ${body.access_token}` } })
  expect((await me.json()).user_id).toBe(ada.userId)
  const [row] = await app.ctx.db.select().from(users).where(eq(users.id, ada.userId))
  expect(row?.lastSignInAt).not.toBeNull()
  const written = await app.ctx.db.select().from(auditLog).where(eq(auditLog.action, 'user.signed_in'))
  expect(JSON.stringify(written)).not.toContain(PASSWORD)
  expect(written.length).toBeGreaterThan(0)
})

test('the token names its person, role, org, session, version, issuer and audience, and ends after 60 minutes', async () => {
  const ada = await makePerson(app, orgId, 'analyst')
  const { access_token: token } = await (await login(ada.email, PASSWORD)).json()
  const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())
  expect(JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString()).alg).toBe('HS256')
  expect(claims).toMatchObject({
    ...{ user_id: ada.userId, role: 'analyst', org_id: orgId, ver: 0, iss: 'honeyframe', aud: 'platform' },
  })
  expect(claims.jti).toMatch(/^[0-9a-f-]{36}$/)
  expect(claims.exp - claims.iat).toBeGreaterThan(3590)
  expect(claims.exp - claims.iat).toBeLessThanOrEqual(3600)
})

test('the case of an e-mail and spaces around it do not matter', async () => {
  const ada = await makePerson(app, orgId, 'admin', 'mixed.case@example.test')
  for (const spelled of ['mixed.case@example.test', 'MIXED.Case@EXAMPLE.test', '  mixed.case@example.test ']) {
    const answer = await login(spelled, PASSWORD)
    expect([spelled, answer.status]).toEqual([spelled, 200])
  }
  expect((await login('mixed.case@example.tes', PASSWORD)).status).toBe(401)
  expect((await login(`x${ada.email}`, PASSWORD)).status).toBe(401)
})

test('an unknown, a wrong, a deactivated and a passwordless sign-in differ in nothing, not even in the hashes computed', async () => {
  const known = await makePerson(app, orgId)
  const gone = await makePerson(app, orgId)
  const bare = await makePerson(app, orgId)
  await app.ctx.db.update(users).set({ isActive: false }).where(eq(users.id, gone.userId))
  await app.ctx.db.update(users).set({ passwordHash: null }).where(eq(users.id, bare.userId))
  const verify = spyOn(Bun.password, 'verify')
  const hash = spyOn(Bun.password, 'hash')
  try {
    const tries = {
      wrong: known.email,
      unknown: 'nobody@example.test',
      gone: gone.email,
      bare: bare.email,
      none: 'not an e-mail',
    }
    const seen: object[] = []
    for (const [name, email] of Object.entries(tries)) {
      const before = verify.mock.calls.length + hash.mock.calls.length
      const statements = app.statements.length
      const answer = await login(email, name === 'wrong' ? 'a wrong password' : PASSWORD)
      const headers = Object.fromEntries([...answer.headers].filter(([header]) => header !== 'x-request-id'))
      const work = verify.mock.calls.length + hash.mock.calls.length - before
      seen.push({
        status: answer.status,
        body: await bodyWithoutId(answer),
        headers,
        work,
        statements: app.statements.length - statements,
      })
    }
    expect(seen[0]).toMatchObject({ status: 401, work: 1, body: { error: 'invalid_credentials' } })
    for (const each of seen) expect(each).toEqual(seen[0] ?? {})
    // What stands in for a comparison costs what a comparison of a real hash costs.
    const cost = app.ctx.passwordCost
    for (const [, options] of hash.mock.calls) expect(options).toEqual({ algorithm: 'argon2id', ...cost })
    const [row] = await app.ctx.db.select().from(users).where(eq(users.id, known.userId))
    expect(row?.passwordHash).toStartWith(`$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=1$`)
  } finally {
    verify.mockRestore()
    hash.mockRestore()
  }
  expect((await login(known.email, PASSWORD)).status).toBe(200)
})

test('a password is the same however its characters are composed, and different in any other way', async () => {
  const ada = await makePerson(app, orgId)
  const composed = 'caf\u00e9 \u2603 \ud83d\ude00 pässwörd'
  const { hashPassword } = await import('#lib/password.ts')
  const passwordHash = await hashPassword(composed, app.ctx.passwordCost)
  await app.ctx.db.update(users).set({ passwordHash }).where(eq(users.id, ada.userId))
  expect((await login(ada.email, composed)).status).toBe(200)
  expect((await login(ada.email, composed.normalize('NFD'))).status).toBe(200)
  for (const other of [composed.toUpperCase(), ` ${composed}`, `${composed} `, composed.replace('\u00e9', 'e')]) {
    expect((await login(ada.email, other)).status).toBe(401)
  }
})

test('a password of 1,024 characters is tried, one of 1,025 is 422, one of a megabyte is 413, and neither is repeated', async () => {
  const ada = await makePerson(app, orgId)
  expect((await login(ada.email, 'x'.repeat(1024))).status).toBe(401)
  const long = await login(ada.email, 'geheim'.repeat(171))
  expect(long.status).toBe(422)
  const text = await long.text()
  expect(JSON.parse(text)).toMatchObject({ error: 'invalid_body', field: 'password' })
  expect(text).not.toContain('geheim')
  const huge = await login(ada.email, 'x'.repeat(1_048_576))
  expect([huge.status, (await huge.json()).error]).toEqual([413, 'too_large'])
  expect((await login(ada.email, PASSWORD)).status).toBe(200)
})

test('nobody signs in with another table, an empty text or a stored hash', async () => {
  const ada = await makePerson(app, orgId)
  const [row] = await app.ctx.db.select().from(users).where(eq(users.id, ada.userId))
  for (const password of ['', row?.passwordHash ?? '', "' or 1=1 --", '%']) {
    expect((await login(ada.email, password)).status).toBe(401)
  }
  for (const username of ["' or 1=1 --", '%', '', '*', `${ada.email}' --`]) {
    expect((await login(username, PASSWORD)).status).toBe(401)
  }
})
