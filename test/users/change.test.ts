import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { passwordResets } from '#core/access/tables.ts'
import { userOrgs } from '#core/tenancy/tables.ts'
import { addMs, HOUR_MS } from '#lib/clock.ts'
import { newSecretToken, sha256Hex } from '#lib/token.ts'
import { auditOf, call, openOrg } from '#test/invites/arrange.ts'
import { json, makeOrg, makePerson, PASSWORD } from '#test/support/app.ts'
import {
  accessTokenOf,
  change,
  dumpWithoutStamps,
  grant,
  join,
  makeOperator,
  patch,
  reset,
  rowOf,
  signIn,
  statusWith,
} from './arrange.ts'

test('deactivating ends sessions, access tokens and reset links at the next request, and activating revives none', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const grace = await makePerson(app, org.orgId, 'viewer')
  const pat = await accessTokenOf(app, grace)
  const link = newSecretToken(app.ctx.random)
  const createdAt = app.ctx.clock.now()
  const row = { userId: grace.userId, tokenHash: sha256Hex(link), createdAt, expiresAt: addMs(createdAt, HOUR_MS) }
  await app.ctx.db.insert(passwordResets).values(row)
  expect([await statusWith(app, grace.jwt), await statusWith(app, pat)]).toEqual([200, 200])

  const off = await patch(app, admin, grace, { is_active: false })
  expect([off.status, off.body.state, off.body.is_active]).toEqual([200, 'deactivated', false])
  expect([await statusWith(app, grace.jwt), await statusWith(app, pat)]).toEqual([401, 401])
  expect((await signIn(app, grace.email, PASSWORD)).body.error).toBe('invalid_credentials')
  expect((await rowOf(app, grace)).tokenVersion).toBe(1)

  const on = await patch(app, admin, grace, { is_active: true })
  expect([on.status, on.body.state]).toEqual([200, 'active'])
  expect([await statusWith(app, grace.jwt), await statusWith(app, pat)]).toEqual([401, 401])
  const late = { token: link, new_password: 'staple of a new kind' }
  expect((await app.fetch('/api/auth/reset-password', json('POST', late))).status).toBe(410)
  expect((await signIn(app, grace.email, PASSWORD)).status).toBe(200)

  const lines = (await auditOf(app, org.orgId)).filter(({ action }) => /activated$/.test(action))
  expect(lines).toEqual([
    { action: 'user.deactivated', by: admin.email, detail: { user_id: grace.userId, email: grace.email } },
    { action: 'user.reactivated', by: admin.email, detail: { user_id: grace.userId, email: grace.email } },
  ])
})

test('a change that changes nothing is no error, raises nothing and writes no line', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const grace = await makePerson(app, org.orgId, 'viewer')
  const before = await dumpWithoutStamps(app)
  for (const body of [{}, { is_active: true }, { name: grace.email.split('@')[0] }]) {
    expect((await patch(app, admin, grace, body)).status).toBe(200)
  }
  expect(await dumpWithoutStamps(app)).toEqual(before)
  expect(await statusWith(app, grace.jwt)).toBe(200)
})

test('an account is renamed, tidied as at every other door, and a name that is none is refused', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const grace = await makePerson(app, org.orgId, 'viewer')
  const { body } = await patch(app, admin, grace, { name: ' Grace\r\nHopper ' })
  expect(body.name).toBe('Grace Hopper')
  const refused = await patch(app, admin, grace, { name: ' ', is_active: false })
  expect([refused.status, refused.body.error, refused.body.field]).toEqual([422, 'invalid_name', 'name'])
  expect(await rowOf(app, grace)).toMatchObject({ name: 'Grace Hopper', isActive: true })
  expect((await auditOf(app, org.orgId)).at(-1)).toMatchObject({
    action: 'user.updated',
    detail: { user_id: grace.userId, fields: ['name'] },
  })
  for (const wrong of [{ is_superadmin: true }, { email: 'x@example.test' }, { is_active: 'no' }, { name: null }, []]) {
    expect((await patch(app, admin, grace, wrong)).status).toBe(422)
  }
})

/** Each of the two writes, and what a success answers with. */
const WRITES = [
  ['PATCH', '', { is_active: false }],
  ['PATCH', '', { name: 'Taken Over' }],
  ['POST', '/reset-password', undefined],
] as const

for (const [method, path, body] of WRITES) {
  const what = `${method} /api/users/{id}${path} ${JSON.stringify(body) ?? ''}`
  test(`${what} of an org admin reaches his own people, and nobody who is more than that`, async () => {
    await using org = await openOrg()
    const { app, admin } = org
    const operator = await makeOperator(org)
    const elsewhere = await makeOrg(app.ctx)
    await makePerson(app, elsewhere.orgId)
    const both = await makePerson(app, org.orgId, 'viewer')
    await join(app, both, elsewhere.orgId, 'admin')
    const stranger = await makePerson(app, elsewhere.orgId, 'viewer')
    const grace = await makePerson(app, org.orgId, 'viewer')
    const attempt = (userId: number, by = admin) => call(app, method, `/api/users/${userId}${path}`, by, body)
    const before = await dumpWithoutStamps(app)
    for (const [victim, status, error] of [
      [both.userId, 403, 'belongs_elsewhere'],
      [operator.userId, 403, 'is_superadmin'],
      [admin.userId, 409, 'self'],
      [stranger.userId, 404, 'not_found'],
      [987_654, 404, 'not_found'],
    ] as const) {
      const refused = await attempt(victim)
      expect([victim, refused.status, refused.body.error]).toEqual([victim, status, error])
    }
    const withoutId = ({ request_id: _, ...rest }: Record<string, unknown>) => rest
    expect(withoutId((await attempt(stranger.userId)).body)).toEqual(withoutId((await attempt(987_654)).body))
    expect(await dumpWithoutStamps(app)).toEqual(before)

    expect((await attempt(grace.userId)).status).toBe(200)
    for (const person of [both, stranger, admin]) expect((await attempt(person.userId, operator)).status).toBe(200)
    expect((await attempt(operator.userId, operator)).body.error).toBe('self')
  })

  test(`${what} by a group’s grant stops at whoever holds more`, async () => {
    await using org = await openOrg()
    const { app, admin } = org
    await makePerson(app, org.orgId)
    const helper = await makePerson(app, org.orgId, 'viewer')
    await grant(app, helper, 'user.edit')
    const keeper = await makePerson(app, org.orgId, 'viewer')
    await grant(app, keeper, 'group.edit', 'group:7')
    const plain = await makePerson(app, org.orgId, 'designer')
    const attempt = (userId: number) => call(app, method, `/api/users/${userId}${path}`, helper, body)
    for (const victim of [admin, keeper]) {
      const refused = await attempt(victim.userId)
      expect([refused.status, refused.body.error]).toEqual([403, 'permission_denied'])
      expect(await rowOf(app, victim)).toMatchObject({ isActive: true, tokenVersion: 0, mustResetPassword: false })
    }
    expect((await attempt(plain.userId)).status).toBe(200)
  })
}

test('an org keeps an active admin, in each of the orgs the person belongs to', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const operator = await makeOperator(org)
  const elsewhere = await makeOrg(app.ctx)
  await join(app, admin, elsewhere.orgId, 'admin')
  const other = await makePerson(app, elsewhere.orgId, 'viewer')
  const refused = await patch(app, operator, admin, { is_active: false })
  expect([refused.status, refused.body.error]).toEqual([409, 'last_admin'])
  expect(await rowOf(app, admin)).toMatchObject({ isActive: true, tokenVersion: 0 })
  // He who is no admin there is not missed, even in an org without one.
  await app.ctx.db.update(userOrgs).set({ role: 'viewer' }).where(eq(userOrgs.orgId, elsewhere.orgId))
  expect((await patch(app, operator, other, { is_active: false })).status).toBe(200)
  expect((await patch(app, operator, admin, { is_active: false })).status).toBe(200)
})

test('an admin by a group counts as the one who is left', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const operator = await makeOperator({ app, orgId: (await makeOrg(app.ctx)).orgId })
  expect((await patch(app, operator, admin, { is_active: false })).body.error).toBe('last_admin')
  const deputy = await makePerson(app, org.orgId, 'viewer')
  await grant(app, deputy, 'org.admin')
  expect((await patch(app, operator, admin, { is_active: false })).status).toBe(200)
  expect((await patch(app, operator, deputy, { is_active: false })).body.error).toBe('last_admin')
})

test('of two admins who deactivate each other at once one stays, and of two operators, too', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  for (let round = 0; round < 5; round += 1) {
    const other = await makePerson(app, org.orgId)
    await change(app, admin, { isActive: true, tokenVersion: 0 })
    await Promise.all([patch(app, admin, other, { is_active: false }), patch(app, other, admin, { is_active: false })])
    const left = [await rowOf(app, admin), await rowOf(app, other)].filter(({ isActive }) => isActive)
    expect(left).toHaveLength(1)
    await change(app, other, { isActive: false })
  }
  await change(app, admin, { isActive: true, tokenVersion: 0 })
  for (let round = 0; round < 5; round += 1) {
    const [one, two] = [await makeOperator(org), await makeOperator({ app, orgId: (await makeOrg(app.ctx)).orgId })]
    await makePerson(app, two.orgId)
    await Promise.all([patch(app, one, two, { is_active: false }), patch(app, two, one, { is_active: false })])
    const left = [await rowOf(app, one), await rowOf(app, two)].filter(({ isActive }) => isActive)
    expect(left).toHaveLength(1)
  }
})

test('a superadmin’s work on another org’s person is in that org’s log, and a person of two orgs is in both', async () => {
  await using org = await openOrg()
  const { app } = org
  const operator = await makeOperator(org)
  const [one, two] = [await makeOrg(app.ctx), await makeOrg(app.ctx)]
  const both = await makePerson(app, one.orgId, 'viewer')
  await join(app, both, two.orgId)
  await patch(app, operator, both, { is_active: false })
  for (const { orgId } of [one, two]) {
    expect((await auditOf(app, orgId)).map(({ action, by }) => [action, by])).toEqual([
      ['user.deactivated', operator.email],
    ])
  }
  expect((await auditOf(app, org.orgId)).map(({ action }) => action)).not.toContain('user.deactivated')
})

test('a deactivated account is not reset before it is active again', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const grace = await makePerson(app, org.orgId, 'viewer')
  await patch(app, admin, grace, { is_active: false })
  const refused = await reset(app, admin, grace)
  expect([refused.status, refused.body.error]).toEqual([409, 'deactivated'])
  expect((await rowOf(app, grace)).mustResetPassword).toBe(false)
  await patch(app, admin, grace, { is_active: true })
  expect((await reset(app, admin, grace)).status).toBe(200)
})
