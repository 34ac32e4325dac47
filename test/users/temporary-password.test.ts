import { expect, test } from 'bun:test'
import { eq, like } from 'drizzle-orm'
import { passwordResets, signInAttempts } from '#core/access/tables.ts'
import { HOUR_MS, MINUTE_MS } from '#lib/clock.ts'
import { newSecretToken, sha256Hex } from '#lib/token.ts'
import { forgotPassword, prepareReset } from '#platform/sessions/password.ts'
import { auditOf, call, openOrg } from '#test/invites/arrange.ts'
import { standingClock } from '#test/jobs/context.ts'
import { json, makePerson, PASSWORD } from '#test/support/app.ts'
import { dumpOf } from '#test/sweeps/tenant-rows.ts'
import { accessTokenOf, change, patch, reset, rowOf, signIn, statusWith, withJwt } from './arrange.ts'

const OWN = 'a password of my own'
const TEMPORARY = /^[0-9a-hjkmnp-tv-z]{5}(-[0-9a-hjkmnp-tv-z]{5}){3}$/

/** An org without a relay, whose clock stands, with somebody to help. */
async function openHelp() {
  const clock = standingClock()
  const org = await openOrg({ overrides: { clock } })
  const grace = await makePerson(org.app, org.orgId, 'viewer')
  return { ...org, clock, grace, [Symbol.asyncDispose]: () => org[Symbol.asyncDispose]() }
}

test('without a relay the password is in the answer, once; it opens the account only to choose another', async () => {
  await using help = await openHelp()
  const { app, admin, grace, clock } = help
  const { status, body } = await reset(app, admin, grace)
  const password = String(body.temporary_password)
  expect([status, body.mailed, TEMPORARY.test(password)]).toEqual([200, false, true])
  expect(body.expires_at).toBe(new Date(clock.now().getTime() + 24 * HOUR_MS).toISOString())

  expect((await signIn(app, grace.email, PASSWORD)).status).toBe(401)
  const signedIn = await signIn(app, grace.email, password)
  expect(signedIn.body).toMatchObject({ must_reset_password: true })
  const inside = withJwt(grace, signedIn.body.access_token)
  expect((await call(app, 'GET', '/api/auth/tokens', inside)).body.error).toBe('password_reset_required')
  const choice = { old_password: password, new_password: OWN }
  const chosen = await call(app, 'POST', '/api/auth/change-password', inside, choice)
  expect(chosen.status).toBe(200)
  expect(await rowOf(app, grace)).toMatchObject({ mustResetPassword: false, passwordExpiresAt: null })
  clock.advance(25 * HOUR_MS)
  expect((await signIn(app, grace.email, OWN)).body).toMatchObject({ must_reset_password: false })
  expect((await signIn(app, grace.email, password)).status).toBe(401)
})

test('the password is in no row, log line or later answer, and the audit line tells whose it was', async () => {
  await using help = await openHelp()
  const { app, admin, grace } = help
  const password = String((await reset(app, admin, grace)).body.temporary_password)
  await call(app, 'GET', '/api/users', admin)
  const everything = [...app.lines, ...Object.values(await dumpOf(app))].join('\n')
  for (const form of [password, password.replaceAll('-', ''), sha256Hex(password)]) {
    expect(everything).not.toContain(form)
  }
  expect(JSON.stringify((await call(app, 'GET', '/api/users', admin)).body)).not.toContain(password)
  expect((await auditOf(app, help.orgId)).at(-1)).toEqual({
    action: 'password.reset_by_admin',
    by: admin.email,
    detail: { user_id: grace.userId, email: grace.email, is_mailed: false },
  })
})

test('sessions and reset links die and guesses are forgiven, while access tokens outlive it', async () => {
  await using help = await openHelp()
  const { app, admin, grace, clock } = help
  const pat = await accessTokenOf(app, grace)
  const link = newSecretToken(app.ctx.random)
  const createdAt = clock.now()
  const row = { userId: grace.userId, tokenHash: sha256Hex(link), createdAt }
  await app.ctx.db.insert(passwordResets).values({ ...row, expiresAt: new Date(createdAt.getTime() + HOUR_MS) })
  for (let guess = 0; guess < 10; guess += 1) {
    await app.fetch('/api/auth/login', json('POST', { username: grace.email, password: 'no' }), '203.0.113.9')
    clock.advance(1000)
  }
  expect(await app.ctx.db.$count(signInAttempts)).toBe(10)

  const { body } = await reset(app, admin, grace)
  expect(await statusWith(app, grace.jwt)).toBe(401)
  const late = { token: link, new_password: OWN }
  expect((await app.fetch('/api/auth/reset-password', json('POST', late))).status).toBe(410)
  const login = { username: grace.email, password: body.temporary_password }
  const signedIn = await app.fetch('/api/auth/login', json('POST', login), '203.0.113.9')
  expect(signedIn.status).toBe(200)
  // While the change is due an access token says who it belongs to and does nothing else; then it works again.
  const bearer = { authorization: `Bearer ${pat}` }
  expect((await app.fetch('/api/auth/tokens', { headers: bearer })).status).toBe(403)
  const inside = withJwt(grace, (await signedIn.json()).access_token)
  const choice = { old_password: body.temporary_password, new_password: OWN }
  await call(app, 'POST', '/api/auth/change-password', inside, choice)
  expect((await app.fetch('/api/auth/tokens', { headers: bearer })).status).toBe(200)
})

test('after 24 hours it is refused exactly as a wrong one, at the sign-in and at the change', async () => {
  await using help = await openHelp()
  const { app, admin, grace, clock } = help
  const password = String((await reset(app, admin, grace)).body.temporary_password)
  clock.advance(24 * HOUR_MS - MINUTE_MS)
  const { status, body } = await signIn(app, grace.email, password)
  expect(status).toBe(200)
  const inside = withJwt(grace, body.access_token)
  clock.advance(MINUTE_MS)
  const over = await signIn(app, grace.email, password)
  const wrong = await signIn(app, grace.email, 'not the right one')
  expect([over.status, { ...over.body, request_id: '' }]).toEqual([401, { ...wrong.body, request_id: '' }])
  const choice = { old_password: password, new_password: OWN }
  const refused = await call(app, 'POST', '/api/auth/change-password', inside, choice)
  expect([refused.status, refused.body.error]).toEqual([403, 'wrong_password'])
  expect((await rowOf(app, grace)).mustResetPassword).toBe(true)
  // The way back: an admin again, or a link by mail.
  const ada = withJwt(admin, (await signIn(app, admin.email, PASSWORD)).body.access_token)
  const again = String((await reset(app, ada, grace)).body.temporary_password)
  expect((await signIn(app, grace.email, again)).status).toBe(200)
})

test('of 20 resets at once three pass, the last of them counts, and the rest say when to come again', async () => {
  await using help = await openHelp()
  const { app, admin, grace, clock } = help
  const answers = await Promise.all(Array.from({ length: 20 }, () => reset(app, admin, grace)))
  const passed = answers.filter(({ status }) => status === 200)
  const refused = answers.filter(({ status }) => status === 429)
  expect([passed.length, refused.length]).toEqual([3, 17])
  expect(refused[0]?.body).toMatchObject({ error: 'too_many_resets', retry_after: 3600 })
  const opened = []
  for (const { body } of passed) opened.push((await signIn(app, grace.email, String(body.temporary_password))).status)
  expect(opened.toSorted()).toEqual([200, 401, 401])
  expect((await rowOf(app, grace)).tokenVersion).toBe(3)
  const lines = (await auditOf(app, help.orgId)).filter(({ action }) => action === 'password.reset_by_admin')
  expect(lines).toHaveLength(3)

  const other = await makePerson(app, help.orgId, 'viewer')
  expect((await reset(app, admin, other)).status).toBe(200)
  clock.advance(HOUR_MS + 1)
  const ada = withJwt(admin, (await signIn(app, admin.email, PASSWORD)).body.access_token)
  expect((await reset(app, ada, grace)).status).toBe(200)
})

test('links that strangers ask for do not keep an admin from helping', async () => {
  await using help = await openHelp()
  const { app, admin, grace } = help
  for (let link = 0; link < 3; link += 1) await prepareReset(app.ctx, grace.email)
  expect((await reset(app, admin, grace)).status).toBe(200)
  await forgotPassword(app.ctx, { email: grace.email })
  const counted = like(passwordResets.tokenHash, 'temporary:%')
  expect(await app.ctx.db.$count(passwordResets, counted)).toBe(1)
  // What counts the reset is no link, and opens nothing.
  const [row] = await app.ctx.db.select().from(passwordResets).where(counted)
  for (const token of [row?.tokenHash ?? '', (row?.tokenHash ?? '').slice('temporary:'.length)]) {
    const tried = await app.fetch('/api/auth/reset-password', json('POST', { token, new_password: OWN }))
    expect(tried.status).toBe(410)
  }
})

test('deactivated and activated again, the account keeps its due change and the end of its password', async () => {
  await using help = await openHelp()
  const { app, admin, grace } = help
  const password = String((await reset(app, admin, grace)).body.temporary_password)
  const { passwordExpiresAt } = await rowOf(app, grace)
  await patch(app, admin, grace, { is_active: false })
  expect((await signIn(app, grace.email, password)).status).toBe(401)
  await patch(app, admin, grace, { is_active: true })
  expect(await rowOf(app, grace)).toMatchObject({ mustResetPassword: true, passwordExpiresAt })
  expect((await signIn(app, grace.email, password)).status).toBe(200)
})

test('a password that its owner chose never expires, whatever stands in the row of another', async () => {
  await using help = await openHelp()
  const { app, admin, grace, clock } = help
  await change(app, admin, { passwordExpiresAt: new Date(clock.now().getTime() - 1) })
  expect((await signIn(app, admin.email, PASSWORD)).status).toBe(401)
  expect((await signIn(app, grace.email, PASSWORD)).status).toBe(200)
  const link = newSecretToken(app.ctx.random)
  const row = { userId: admin.userId, tokenHash: sha256Hex(link), createdAt: clock.now() }
  await app.ctx.db.insert(passwordResets).values({ ...row, expiresAt: new Date(clock.now().getTime() + HOUR_MS) })
  await app.fetch('/api/auth/reset-password', json('POST', { token: link, new_password: OWN }))
  expect((await signIn(app, admin.email, OWN)).status).toBe(200)
  expect((await app.ctx.db.select().from(passwordResets).where(eq(passwordResets.userId, admin.userId))).length).toBe(1)
})
