import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { verifyPassword } from '#lib/password.ts'
import { json, makeOrg, makePerson, PASSWORD } from '#test/support/app.ts'
import {
  accept,
  auditOf,
  call,
  expire,
  invite,
  inviteRow,
  membershipsOf,
  NEW_PASSWORD,
  newcomer,
  openOrg,
  userRow,
} from './arrange.ts'

const GRACE = 'grace@example.test'

test('a link tells anyone who holds it whom it is for, and nothing else', async () => {
  await using org = await openOrg()
  const { token } = await invite(org, GRACE, 'designer')
  const { status, body } = await call(org.app, 'GET', `/api/invites/accept?token=${token}`)
  expect(status).toBe(200)
  const shown = { id: org.orgId, slug: org.slug, name: org.slug.toUpperCase() }
  expect(body).toEqual({ email: GRACE, org: shown, role: 'designer', existing_account: false })
  const mate = await makePerson(org.app, (await makeOrg(org.app.ctx)).orgId)
  const second = await invite(org, mate.email)
  const known = await call(org.app, 'GET', `/api/invites/accept?token=${second.token}`)
  expect(known.body).toMatchObject({ email: mate.email, existing_account: true })
})

test('a newcomer gets an account with the password he chose and the role of the row, and no token', async () => {
  await using org = await openOrg()
  const { id, token } = await invite(org, GRACE, 'analyst')
  const { status, body } = await accept(org.app, { ...newcomer(token), name: '  Grace\r\nHopper ' })
  const user = await userRow(org.app, GRACE)
  expect(status).toBe(201)
  const shown = { id: org.orgId, slug: org.slug, name: org.slug.toUpperCase() }
  expect(body).toEqual({ user_id: Number(user?.id), org: shown, role: 'analyst' })
  expect(user).toMatchObject({
    name: 'Grace Hopper',
    mustResetPassword: false,
    isSuperadmin: false,
    isActive: true,
    defaultOrgId: org.orgId,
  })
  expect(user?.passwordHash).toStartWith('$argon2id$')
  expect(await membershipsOf(org.app, Number(body.user_id))).toMatchObject([{ orgId: org.orgId, role: 'analyst' }])
  expect(await inviteRow(org.app, id)).toMatchObject({
    state: 'accepted',
    acceptedBy: user?.id,
    endedAt: expect.any(Date),
  })
  const detail = { invite_id: id, user_id: user?.id, email: GRACE, role: 'analyst' }
  expect((await auditOf(org.app, org.orgId)).slice(1)).toEqual([
    { action: 'user.created', by: GRACE, detail: { user_id: user?.id, email: GRACE, is_superadmin: false } },
    { action: 'invite.accepted', by: GRACE, detail },
  ])
  const signIn = await call(org.app, 'POST', '/api/auth/login', undefined, { username: GRACE, password: NEW_PASSWORD })
  expect(signIn.body).toMatchObject({ must_reset_password: false })
  expect(JSON.stringify(org.app.lines)).not.toContain(token)
})

for (const [what, change, error, field] of [
  ['without a name', { name: undefined }, 'name_required', 'name'],
  ['with an empty name', { name: ' \n ' }, 'invalid_name', 'name'],
  ['with a name of 201 characters', { name: 'x'.repeat(201) }, 'invalid_name', 'name'],
  ['without a password', { password: undefined }, 'password_required', 'password'],
  ['with a short password', { password: 'eleven char' }, 'weak_password', 'password'],
  ['with the e-mail as password', { password: GRACE }, 'weak_password', 'password'],
  ['with a common password', { password: 'password1234' }, 'weak_password', 'password'],
  ['with NUL in the password', { password: 'correct\0horse battery' }, 'invalid_body', 'password'],
  ['with a role of his own choice', { role: 'admin' }, 'invalid_body', 'role'],
] as const) {
  test(`a newcomer ${what} is refused, and the link stays good`, async () => {
    await using org = await openOrg()
    const { id, token } = await invite(org, GRACE)
    const refused = await accept(org.app, { ...newcomer(token), ...change })
    expect([refused.status, refused.body.error, refused.body.field]).toEqual([422, error, field])
    expect(await userRow(org.app, GRACE)).toBeUndefined()
    expect((await inviteRow(org.app, id)).state).toBe('pending')
    expect((await accept(org.app, newcomer(token))).body).toMatchObject({ role: 'viewer' })
  })
}

test('a password of a megabyte is refused before it is read', async () => {
  await using org = await openOrg()
  const { token } = await invite(org, GRACE)
  const sent = json('POST', { ...newcomer(token), password: 'x'.repeat(1024 * 1024) })
  const length = String(String(sent.body).length)
  const headers = { 'content-type': 'application/json', 'content-length': length }
  expect((await org.app.fetch('/api/invites/accept', { ...sent, headers })).status).toBe(413)
  expect((await accept(org.app, newcomer(token))).status).toBe(201)
})

for (const [what, spoil] of [
  ['unknown', async () => 'A'.repeat(43)],
  ['empty', async () => ''],
  ['accepted', async (org, own) => accept(org.app, newcomer(own.token))],
  ['revoked', async (org, own) => call(org.app, 'POST', `/api/invites/${own.id}/revoke`, org.admin)],
  ['expired', async (org, own) => expire(org.app, own.id)],
  ['replaced', async (org, own) => call(org.app, 'POST', `/api/invites/${own.id}/resend`, org.admin)],
] as [string, (org: Awaited<ReturnType<typeof openOrg>>, own: { id: number; token: string }) => Promise<unknown>][]) {
  test(`a token that is ${what} is 410 for whoever looks or accepts, and makes no one a member`, async () => {
    await using org = await openOrg()
    const own = await invite(org, GRACE)
    expect((await call(org.app, 'GET', `/api/invites/accept?token=${own.token}`)).status).toBe(200)
    const made = await spoil(org, own)
    const token = typeof made === 'string' ? made : own.token
    const before = await org.app.ctx.db.$count(userOrgs)
    for (const answer of [
      await call(org.app, 'GET', `/api/invites/accept?token=${token}`),
      await accept(org.app, { ...newcomer(token), password: NEW_PASSWORD }),
      await accept(org.app, { token }, org.admin),
    ]) {
      expect([answer.status, answer.body.error]).toEqual([410, 'invite_gone'])
    }
    expect(await org.app.ctx.db.$count(userOrgs)).toBe(before)
  })
}

test('an existing account joins while signed in as it, and keeps its password, name and default org', async () => {
  await using org = await openOrg()
  const home = await makeOrg(org.app.ctx)
  const mate = await makePerson(org.app, home.orgId)
  await org.app.ctx.db.update(users).set({ defaultOrgId: home.orgId }).where(eq(users.id, mate.userId))
  const { id, token } = await invite(org, mate.email, 'designer')
  const before = await userRow(org.app, mate.email)
  const { status, body } = await accept(org.app, { token, name: 'Mallory', password: NEW_PASSWORD }, mate)
  expect([status, body.user_id, body.role]).toEqual([201, mate.userId, 'designer'])
  expect(await userRow(org.app, mate.email)).toEqual(before)
  expect(await verifyPassword(PASSWORD, before?.passwordHash ?? '', org.app.ctx.passwordCost)).toBe(true)
  expect((await membershipsOf(org.app, mate.userId)).map(({ orgId, role }) => [orgId, role])).toEqual([
    [home.orgId, 'admin'],
    [org.orgId, 'designer'],
  ])
  expect((await auditOf(org.app, org.orgId)).map(({ action }) => action)).toEqual(['invite.created', 'invite.accepted'])
  expect((await inviteRow(org.app, id)).acceptedBy).toBe(mate.userId)
  const me = await (
    await org.app.fetch('/api/me', { headers: { ...mate.bearer, 'x-org-id': String(org.orgId) } })
  ).json()
  expect(me.role).toBe('designer')
})

test('an existing account without a default org gets this one', async () => {
  await using org = await openOrg()
  const mate = await makePerson(org.app, (await makeOrg(org.app.ctx)).orgId)
  const { token } = await invite(org, mate.email)
  await accept(org.app, { token }, mate)
  expect((await userRow(org.app, mate.email))?.defaultOrgId).toBe(org.orgId)
})

test('a personal access token of the account accepts, too', async () => {
  await using org = await openOrg()
  const mate = await makePerson(org.app, (await makeOrg(org.app.ctx)).orgId)
  const { token } = await invite(org, mate.email)
  const pat = await call(org.app, 'POST', '/api/auth/tokens', mate, { name: 'script' })
  const bearer = { authorization: `Bearer ${pat.body.token}` }
  expect((await accept(org.app, { token }, { ...mate, bearer })).status).toBe(201)
})

const REFUSALS: readonly (readonly [string, number, string, 'nobody' | 'someone' | 'due' | 'inactive' | 'cookie'])[] = [
  ['nobody who is signed in', 401, 'sign_in_required', 'nobody'],
  ['someone else', 403, 'wrong_account', 'someone'],
  ['the account while its password is due', 403, 'password_reset_required', 'due'],
  ['a deactivated account', 403, 'account_deactivated', 'inactive'],
  ['the account by a cookie, which the API never reads', 401, 'sign_in_required', 'cookie'],
]
for (const [who, status, error, kind] of REFUSALS) {
  test(`an invitation of an existing account is not accepted by ${who}`, async () => {
    await using org = await openOrg()
    const { app } = org
    const home = await makeOrg(app.ctx)
    const mate = await makePerson(app, home.orgId)
    const someone = await makePerson(app, home.orgId)
    const { id, token } = await invite(org, mate.email)
    if (kind === 'due') await app.ctx.db.update(users).set({ mustResetPassword: true }).where(eq(users.id, mate.userId))
    if (kind === 'inactive') await app.ctx.db.update(users).set({ isActive: false }).where(eq(users.id, mate.userId))
    const body = { token, name: 'Mallory', password: NEW_PASSWORD }
    const before = await userRow(app, mate.email)
    const headers = {
      nobody: {},
      someone: someone.bearer,
      due: mate.bearer,
      inactive: mate.bearer,
      cookie: { cookie: `hf_session=${mate.jwt}` },
    }[kind]
    const response = await app.fetch('/api/invites/accept', json('POST', body, headers))
    expect([response.status, (await response.json()).error]).toEqual([status, error])
    expect(await userRow(app, mate.email)).toEqual(before)
    expect(await membershipsOf(app, mate.userId)).toHaveLength(1)
    expect(await membershipsOf(app, someone.userId)).toHaveLength(1)
    expect((await inviteRow(app, id)).state).toBe('pending')
    await app.ctx.db.update(users).set({ isActive: true, mustResetPassword: false }).where(eq(users.id, mate.userId))
    expect((await accept(app, { token }, mate)).status).toBe(201)
  })
}

for (const kind of ['a newcomer', 'an existing account'] as const) {
  test(`20 acceptances of ${kind} at once make one member and one line in the log`, async () => {
    await using org = await openOrg()
    const { app } = org
    const mate = kind === 'an existing account' ? await makePerson(app, (await makeOrg(app.ctx)).orgId) : undefined
    const { token } = await invite(org, mate?.email ?? GRACE)
    const body = mate ? { token } : newcomer(token)
    const answers = await Promise.all(Array.from({ length: 20 }, () => accept(app, body, mate)))
    const refused = answers.filter(({ status }) => status !== 201)
    expect(refused).toHaveLength(19)
    // Who comes to look after the first has joined sees an account, or a link that is gone.
    for (const { status, body } of refused) expect([status, body.error]).toEqual([410, 'invite_gone'])
    expect(await app.ctx.db.$count(userOrgs, eq(userOrgs.orgId, org.orgId))).toBe(2)
    const accepted = (await auditOf(app, org.orgId)).filter(({ action }) => action === 'invite.accepted')
    expect(accepted).toHaveLength(1)
  })
}

test('of two orgs that invite one newcomer, the second to be accepted at once takes a sign-in', async () => {
  await using org = await openOrg()
  const other = await makeOrg(org.app.ctx)
  const second = { ...org, orgId: other.orgId, admin: await makePerson(org.app, other.orgId) }
  const links = [await invite(org, GRACE), await invite(second, GRACE)]
  const answers = await Promise.all(links.map(({ token }) => accept(org.app, newcomer(token))))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 401])
  expect(answers.find(({ status }) => status === 401)?.body.error).toBe('sign_in_required')
  expect(await org.app.ctx.db.$count(users, eq(users.email, GRACE))).toBe(1)
  const left = links[answers.findIndex(({ status }) => status === 401)]
  expect((await inviteRow(org.app, left?.id ?? 0)).state).toBe('pending')
})

test('whoever became a member by another way is told so, and the invitation is closed', async () => {
  await using org = await openOrg()
  const mate = await makePerson(org.app, (await makeOrg(org.app.ctx)).orgId)
  const { id, token } = await invite(org, mate.email, 'admin')
  const joinedAt = org.app.ctx.clock.now()
  await org.app.ctx.db
    .insert(userOrgs)
    .values({ orgId: org.orgId, userId: mate.userId, role: 'viewer', createdAt: joinedAt })
  const refused = await accept(org.app, { token }, mate)
  expect([refused.status, refused.body.error]).toEqual([409, 'already_member'])
  expect((await membershipsOf(org.app, mate.userId)).map(({ role }) => role)).toEqual(['admin', 'viewer'])
  expect((await inviteRow(org.app, id)).state).toBe('revoked')
  expect((await accept(org.app, { token }, mate)).status).toBe(410)
  expect((await auditOf(org.app, org.orgId)).map(({ action }) => action)).toEqual(['invite.created', 'invite.revoked'])
})

test('a revocation and an acceptance at once: one of them happens, and the other is told', async () => {
  await using org = await openOrg()
  for (let round = 0; round < 8; round++) {
    const { id, token } = await invite(org, `round-${round}@example.test`)
    const [joined, revoked] = await Promise.all([
      accept(org.app, newcomer(token)),
      call(org.app, 'POST', `/api/invites/${id}/revoke`, org.admin),
    ])
    expect([201, 410]).toContain(joined.status)
    expect(revoked.status).toBe(joined.status === 201 ? 409 : 200)
    const user = await userRow(org.app, `round-${round}@example.test`)
    expect(user !== undefined).toBe(joined.status === 201)
  }
})
