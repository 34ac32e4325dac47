import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { passwordResets } from '#core/access/tables.ts'
import { auditLog } from '#core/audit/tables.ts'
import { addMember } from '#core/tenancy/org.ts'
import { users } from '#core/tenancy/tables.ts'
import { hashPassword } from '#lib/password.ts'
import { newSecretToken, sha256Hex } from '#lib/token.ts'
import { createToken } from '#platform/tokens/token.ts'
import { visit } from '#test/sessions/visitor.ts'
import { json, makeOrg, makePerson, PASSWORD, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

const NEW = 'a quite new password'
let app: TestApp
let orgId: number
let peers = 0

beforeAll(async () => {
  app = await startTestApp()
  orgId = (await makeOrg(app.ctx)).orgId
})
afterAll(async () => app[Symbol.asyncDispose]())

function peer(): string {
  peers += 1
  return `10.4.${peers >> 8}.${peers & 255}`
}

function send(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return app.fetch(path, json('POST', body, headers), peer())
}

async function statusOf(bearer: string): Promise<number> {
  return (await app.fetch('/api/me', { headers: { authorization: `Bearer ${bearer}` } })).status
}

async function canSignIn(email: string, password: string): Promise<boolean> {
  return (await send('/api/auth/login', { username: email, password })).status === 200
}

function change(person: TestPerson, oldPassword: string, newPassword: string): Promise<Response> {
  return send('/api/auth/change-password', { old_password: oldPassword, new_password: newPassword }, person.bearer)
}

async function makeDue(person: TestPerson): Promise<void> {
  await app.ctx.db.update(users).set({ mustResetPassword: true }).where(eq(users.id, person.userId))
}

async function plantReset(person: TestPerson, minutes = 60): Promise<string> {
  const token = newSecretToken(app.ctx.random)
  const now = app.ctx.clock.now()
  const expiresAt = new Date(now.getTime() + minutes * 60_000)
  await app.ctx.db
    .insert(passwordResets)
    .values({ userId: person.userId, tokenHash: sha256Hex(token), createdAt: now, expiresAt })
  return token
}

describe('a change of password', () => {
  test('gives a fresh token for the same org, ends every other session, and leaves personal access tokens', async () => {
    const ada = await makePerson(app, orgId, 'viewer')
    const second = await makeOrg(app.ctx)
    await app.ctx.db.transaction((tx) => addMember(app.ctx, tx, second.orgId, ada.userId, 'designer'))
    const { token: jwt } = await app.bearer.sign({
      userId: ada.userId,
      version: 0,
      orgId: second.orgId,
      role: 'designer',
    })
    const actor = { kind: 'person', userId: ada.userId, email: ada.email, name: 'x' } as const
    const { token: pat } = await createToken(app.ctx, { orgId, actor }, { name: 'ci' })
    const answer = await send(
      '/api/auth/change-password',
      { old_password: PASSWORD, new_password: NEW },
      { authorization: `Bearer ${jwt}` },
    )
    const body = await answer.json()
    expect([answer.status, body.token_type, body.must_reset_password]).toEqual([200, 'bearer', false])
    const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString())
    expect(claims).toMatchObject({ org_id: second.orgId, role: 'designer', ver: 1 })
    expect([
      await statusOf(jwt),
      await statusOf(ada.jwt),
      await statusOf(body.access_token),
      await statusOf(pat),
    ]).toEqual([401, 401, 200, 200])
    expect([await canSignIn(ada.email, PASSWORD), await canSignIn(ada.email, NEW)]).toEqual([false, true])
  })

  test('with the wrong old one is 403 wrong_password and changes nothing', async () => {
    const ada = await makePerson(app, orgId)
    const answer = await change(ada, 'not the old one', NEW)
    expect([answer.status, (await answer.json()).error]).toEqual([403, 'wrong_password'])
    expect([await statusOf(ada.jwt), await canSignIn(ada.email, PASSWORD), await canSignIn(ada.email, NEW)]).toEqual([
      200,
      true,
      false,
    ])
  })

  const local = 'ada.lovelace.the.first'
  const WEAK: Record<string, string> = {
    'of 11 characters': 'elevenchars',
    'of 11 characters that are 22 code units': '\ud83d\ude00'.repeat(11),
    'of 1,025 characters': 'x'.repeat(1025),
    'that the API could not take at sign-in': '\ud83d\ude00'.repeat(1024),
    'that is the e-mail': `${local}@example.test`,
    'that is the e-mail in capitals': `${local}@example.test`.toUpperCase(),
    'that is the local part of the e-mail': local,
    'that attackers try first': 'password1234',
    'that is the old one': PASSWORD,
  }
  for (const [name, password] of Object.entries(WEAK)) {
    test(`to one ${name} is 422, and the old one stays`, async () => {
      const found = await app.ctx.db
        .select()
        .from(users)
        .where(eq(users.email, `${local}@example.test`))
      if (found.length === 0) await makePerson(app, orgId, 'admin', `${local}@example.test`)
      const login = await send('/api/auth/login', { username: `${local}@example.test`, password: PASSWORD })
      const authorization = `Bearer ${(await login.json()).access_token}`
      const answer = await send(
        '/api/auth/change-password',
        { old_password: PASSWORD, new_password: password },
        { authorization },
      )
      const body = await answer.json()
      expect([answer.status, body.field]).toEqual([422, 'new_password'])
      expect(JSON.stringify(body)).not.toContain(password)
      expect(await canSignIn(`${local}@example.test`, PASSWORD)).toBe(true)
    })
  }

  test('takes a long one, and one of any script', async () => {
    const ada = await makePerson(app, orgId)
    for (const [old, next] of [
      [PASSWORD, 'x'.repeat(1024)],
      ['x'.repeat(1024), 'пароль из букв ☃ 😀 und ß'],
    ] as const) {
      const login = await send('/api/auth/login', { username: ada.email, password: old })
      const authorization = `Bearer ${(await login.json()).access_token}`
      expect(
        (await send('/api/auth/change-password', { old_password: old, new_password: next }, { authorization })).status,
      ).toBe(200)
      expect(await canSignIn(ada.email, next)).toBe(true)
    }
  })

  test('asks a personal access token to sign in first', async () => {
    const ada = await makePerson(app, orgId)
    const actor = { kind: 'person', userId: ada.userId, email: ada.email, name: 'x' } as const
    const { token: pat } = await createToken(app.ctx, { orgId, actor }, { name: 'ci' })
    const answer = await send(
      '/api/auth/change-password',
      { old_password: PASSWORD, new_password: NEW },
      { authorization: `Bearer ${pat}` },
    )
    expect([answer.status, (await answer.json()).error]).toEqual([403, 'interactive_only'])
    expect([await canSignIn(ada.email, PASSWORD), (await change(ada, PASSWORD, NEW)).status]).toEqual([true, 200])
  })

  test('on the page keeps this browser in and puts every other one out', async () => {
    const ada = await makePerson(app, orgId)
    const [here, there] = [visit(app, { peer: peer() }), visit(app, { peer: peer() })]
    for (const browser of [here, there]) await browser.post('/login', { username: ada.email, password: PASSWORD })
    const wrong = await here.post('/account/password', { old_password: 'wrong', new_password: NEW })
    expect([wrong.status, (await wrong.text()).includes('The current password is wrong.')]).toEqual([403, true])
    const right = await here.post('/account/password', { old_password: PASSWORD, new_password: NEW })
    expect([right.status, right.headers.get('location')]).toEqual([303, '/account'])
    expect([(await here.get('/account')).status, (await there.get('/account')).status]).toEqual([200, 303])
  })

  test('voids a reset link that was on its way', async () => {
    const ada = await makePerson(app, orgId)
    const token = await plantReset(ada)
    expect((await app.fetch(`/reset-password?token=${token}`)).status).toBe(200)
    await change(ada, PASSWORD, NEW)
    expect((await send('/api/auth/reset-password', { token, new_password: 'the thief has this' })).status).toBe(410)
    expect(await canSignIn(ada.email, NEW)).toBe(true)
  })
})

describe('while a password reset is due', () => {
  test('only change-password, me and sign-out work; everything else is 403 password_reset_required', async () => {
    const ada = await makePerson(app, orgId)
    await makeDue(ada)
    const closed = [
      'GET /api/members',
      'PATCH /api/me',
      'GET /api/auth/tokens',
      'POST /api/auth/tokens',
      'DELETE /api/auth/tokens/1',
      'GET /api/invites',
      'POST /api/invites',
    ]
    for (const route of closed) {
      const [method = '', path = ''] = route.split(' ')
      const answer = await app.fetch(path, { method, headers: ada.bearer }, peer())
      expect([route, answer.status, (await answer.json()).error]).toEqual([route, 403, 'password_reset_required'])
    }
    const me = await app.fetch('/api/me', { headers: ada.bearer })
    expect([me.status, (await me.json()).must_reset_password]).toEqual([200, true])
    const login = await send('/api/auth/login', { username: ada.email, password: PASSWORD })
    expect((await login.json()).must_reset_password).toBe(true)
    const answer = await change(ada, PASSWORD, NEW)
    const { access_token: fresh } = await answer.json()
    expect(answer.status).toBe(200)
    expect((await app.fetch('/api/members', { headers: { authorization: `Bearer ${fresh}` } })).status).toBe(200)
  })

  test('a personal access token opens only me, and a logout works', async () => {
    const ada = await makePerson(app, orgId)
    const actor = { kind: 'person', userId: ada.userId, email: ada.email, name: 'x' } as const
    const { token: pat } = await createToken(app.ctx, { orgId, actor }, { name: 'ci' })
    const ask = (path: string) => app.fetch(path, { headers: { authorization: `Bearer ${pat}` } }, peer())
    expect((await ask('/api/members')).status).toBe(200)
    await makeDue(ada)
    expect([(await ask('/api/members')).status, (await ask('/api/me')).status]).toEqual([403, 200])
    expect((await app.fetch('/api/auth/logout', { method: 'POST', headers: ada.bearer }, peer())).status).toBe(200)
    expect(await statusOf(ada.jwt)).toBe(401)
  })

  test('every page leads to the change, and after it to where the person wanted', async () => {
    const ada = await makePerson(app, orgId)
    await makeDue(ada)
    const browser = visit(app, { peer: peer() })
    await browser.post('/login', { username: ada.email, password: PASSWORD })
    for (const path of ['/members', '/account', '/tokens', '/']) {
      const location = (await browser.get(path)).headers.get('location') ?? ''
      expect([path, location.split('?')[0]]).toEqual([path, '/account/password'])
    }
    expect((await browser.get('/members?q=a')).headers.get('location')).toBe(
      '/account/password?next=%2Fmembers%3Fq%3Da',
    )
    expect((await browser.get('/account/password?next=%2Fmembers')).status).toBe(200)
    const form = { old_password: PASSWORD, new_password: NEW, due: '1', next: '/members' }
    expect((await browser.post('/account/password', { ...form, next: '//evil.example' })).headers.get('location')).toBe(
      '/',
    )
    await makeDue(ada)
    const again = await browser.post('/account/password', {
      ...form,
      old_password: NEW,
      new_password: 'one more new one',
    })
    expect(again.headers.get('location')).toBe('/members')
    expect((await browser.get('/members')).status).toBe(200)
  })
})

describe('a reset link', () => {
  test('sets a password once, gives a fresh token, ends sessions, ends a due reset and forgives failures', async () => {
    const ada = await makePerson(app, orgId)
    await makeDue(ada)
    const address = peer()
    for (let n = 0; n < 10; n += 1)
      await app.fetch('/api/auth/login', json('POST', { username: ada.email, password: 'x' }), address)
    const token = await plantReset(ada)
    const answer = await send('/api/auth/reset-password', { token, new_password: NEW })
    const body = await answer.json()
    expect([answer.status, body.must_reset_password]).toEqual([200, false])
    expect([await statusOf(ada.jwt), await statusOf(body.access_token)]).toEqual([401, 200])
    const login = await app.fetch('/api/auth/login', json('POST', { username: ada.email, password: NEW }), address)
    expect(login.status).toBe(200)
    const again = await send('/api/auth/reset-password', { token, new_password: 'another new password' })
    expect([again.status, (await again.json()).error]).toEqual([410, 'reset_gone'])
    expect(await canSignIn(ada.email, NEW)).toBe(true)
  })

  test('used twenty times at once changes the password once', async () => {
    const ada = await makePerson(app, orgId)
    const token = await plantReset(ada)
    const tries = Array.from({ length: 20 }, (_, n) =>
      send('/api/auth/reset-password', { token, new_password: `new password no ${n}` }),
    )
    const answers = await Promise.all(tries)
    const won = answers.findIndex((answer) => answer.status === 200)
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, ...Array(19).fill(410)])
    const able = await Promise.all(answers.map((_, n) => canSignIn(ada.email, `new password no ${n}`)))
    expect(able.flatMap((isAble, n) => (isAble ? [n] : []))).toEqual([won])
    const [row] = await app.ctx.db.select().from(users).where(eq(users.id, ada.userId))
    expect(row?.tokenVersion).toBe(1)
    const written = await app.ctx.db.select().from(auditLog).where(eq(auditLog.action, 'password.reset'))
    expect(written.filter((line) => JSON.stringify(line.detail).includes(`"user_id":${ada.userId}`)).length).toBe(1)
  })

  test('that is unknown, empty, expired, of another kind or of a deactivated account is 410', async () => {
    const ada = await makePerson(app, orgId)
    const gone = await makePerson(app, orgId)
    const ofGone = await plantReset(gone)
    await app.ctx.db.update(users).set({ isActive: false }).where(eq(users.id, gone.userId))
    const live = await plantReset(ada)
    const actor = { kind: 'person', userId: ada.userId, email: ada.email, name: 'x' } as const
    const { token: pat } = await createToken(app.ctx, { orgId, actor }, { name: 'ci' })
    const bad = {
      unknown: newSecretToken(app.ctx.random),
      empty: '',
      expired: await plantReset(ada, -1),
      ofGone,
      pat,
      jwt: ada.jwt.slice(0, 200),
      hash: sha256Hex(live),
    }
    for (const [name, token] of Object.entries(bad)) {
      const answer = await send('/api/auth/reset-password', { token, new_password: NEW })
      expect([name, answer.status]).toEqual([name, 410])
      const page = await app.fetch(`/reset-password?token=${token}`)
      expect([name, page.status]).toEqual([name, 410])
    }
    expect((await send('/api/auth/reset-password', { token: live, new_password: NEW })).status).toBe(200)
  })

  test('survives a password that will not do', async () => {
    const ada = await makePerson(app, orgId)
    const token = await plantReset(ada)
    const weak = await send('/api/auth/reset-password', { token, new_password: 'short' })
    expect([weak.status, (await weak.json()).error]).toEqual([422, 'weak_password'])
    expect((await send('/api/auth/reset-password', { token, new_password: NEW })).status).toBe(200)
  })

  test('works on the page without a script, and leads to the sign-in', async () => {
    const ada = await makePerson(app, orgId)
    const token = await plantReset(ada)
    const browser = visit(app, { peer: peer() })
    const weak = await browser.post('/reset-password', { token, new_password: 'short' })
    expect([weak.status, (await weak.text()).includes('at least 12 characters')]).toEqual([422, true])
    const done = await browser.post('/reset-password', { token, new_password: NEW })
    expect([done.status, done.headers.get('location'), browser.jar.has('hf_session')]).toEqual([303, '/login', false])
    expect((await browser.get(`/reset-password?token=${token}`)).status).toBe(410)
    expect(await canSignIn(ada.email, NEW)).toBe(true)
  })
})

test('whoever never chose a password has none that could be changed', async () => {
  const ada = await makePerson(app, orgId)
  await app.ctx.db.update(users).set({ passwordHash: null }).where(eq(users.id, ada.userId))
  expect((await change(ada, '', NEW)).status).toBe(403)
  const passwordHash = await hashPassword(PASSWORD, app.ctx.passwordCost)
  await app.ctx.db.update(users).set({ passwordHash }).where(eq(users.id, ada.userId))
  expect((await change(ada, PASSWORD, NEW)).status).toBe(200)
})
