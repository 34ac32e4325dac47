import { expect, test } from 'bun:test'
import { and, eq } from 'drizzle-orm'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { auditOf, call, membershipsOf, openOrg, userRow } from '#test/invites/arrange.ts'
import { makeOrg, makePerson, type TestApp } from '#test/support/app.ts'

function adminsOf(app: TestApp, orgId: number): Promise<number> {
  return app.ctx.db.$count(userOrgs, and(eq(userOrgs.orgId, orgId), eq(userOrgs.role, 'admin')))
}

test('the list shows the members of this org only, the latest first, in pages', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  await makePerson(app, (await makeOrg(app.ctx)).orgId)
  const mates = []
  for (let n = 0; n < 4; n++) mates.push(await makePerson(app, org.orgId, 'viewer'))
  const { status, body } = await call(app, 'GET', '/api/members', admin)
  expect(status).toBe(200)
  const items = Array.isArray(body.items) ? body.items : []
  expect(items.map(({ user_id }) => user_id)).toEqual([...mates.toReversed().map(({ userId }) => userId), admin.userId])
  expect(items.at(-1)).toEqual({
    user_id: admin.userId,
    email: admin.email,
    name: admin.email.split('@')[0],
    role: 'admin',
    is_active: true,
    joined_at: expect.any(String),
    last_active_at: expect.any(String),
  })
  expect(items[0].last_active_at).toBeNull()
  const first = await call(app, 'GET', '/api/members?limit=3', admin)
  const second = await call(app, 'GET', `/api/members?limit=3&cursor=${first.body.next_cursor}`, admin)
  const pages = [first.body.items, second.body.items].flat()
  expect(pages.map((item) => Reflect.get(Object(item), 'user_id'))).toEqual(items.map(({ user_id }) => user_id))
  expect(second.body.next_cursor).toBeNull()
})

test('a lowered role counts from the next request on, with the token the person has', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const mate = await makePerson(app, org.orgId, 'admin')
  expect((await call(app, 'GET', '/api/members', mate)).status).toBe(200)
  const changed = await call(app, 'PATCH', `/api/members/${mate.userId}`, admin, { role: 'viewer' })
  expect(changed.body).toMatchObject({ user_id: mate.userId, role: 'viewer' })
  const refused = await call(app, 'GET', '/api/members', mate)
  expect([refused.status, refused.body.error, refused.body.permission]).toEqual([
    403,
    'permission_denied',
    'member.read',
  ])
  expect(await auditOf(app, org.orgId)).toEqual([
    { action: 'member.role_changed', by: admin.email, detail: { user_id: mate.userId, from: 'admin', to: 'viewer' } },
  ])
})

test('a role that is the same already changes nothing, and the log stays silent', async () => {
  await using org = await openOrg()
  const mate = await makePerson(org.app, org.orgId, 'viewer')
  const same = await call(org.app, 'PATCH', `/api/members/${mate.userId}`, org.admin, { role: 'viewer' })
  expect([same.status, same.body.role]).toEqual([200, 'viewer'])
  expect((await call(org.app, 'PATCH', `/api/members/${org.admin.userId}`, org.admin, { role: 'admin' })).status).toBe(
    200,
  )
  expect(await auditOf(org.app, org.orgId)).toEqual([])
})

test('a removed member is refused at his next request; his account, password and other orgs stay', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const other = await makeOrg(app.ctx)
  const mate = await makePerson(app, org.orgId, 'admin')
  const now = app.ctx.clock.now()
  await app.ctx.db.insert(userOrgs).values({ orgId: other.orgId, userId: mate.userId, role: 'viewer', createdAt: now })
  const here = { ...mate, bearer: { ...mate.bearer, 'x-org-id': String(org.orgId) } }
  expect((await call(app, 'GET', '/api/members', here)).status).toBe(200)
  const before = await userRow(app, mate.email)
  const removed = await call(app, 'DELETE', `/api/members/${mate.userId}`, admin)
  expect([removed.status, removed.body]).toEqual([204, {}])
  const refused = await call(app, 'GET', '/api/members', here)
  expect([refused.status, refused.body.error]).toEqual([403, 'not_a_member'])
  expect((await call(app, 'GET', '/api/members', mate)).status).toBe(403)
  expect(await userRow(app, mate.email)).toEqual(before)
  expect((await membershipsOf(app, mate.userId)).map(({ orgId }) => orgId)).toEqual([other.orgId])
  expect((await call(app, 'GET', '/api/me', mate)).body).toMatchObject({ org: { id: other.orgId } })
  expect(await auditOf(app, org.orgId)).toEqual([
    { action: 'member.removed', by: admin.email, detail: { user_id: mate.userId, email: mate.email } },
  ])
})

test('a removed member who is invited again joins again', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const mate = await makePerson(app, org.orgId, 'admin')
  await call(app, 'DELETE', `/api/members/${mate.userId}`, admin)
  const invited = await call(app, 'POST', '/api/invites', admin, { email: mate.email, role: 'analyst' })
  const token = new URL(String(invited.body.accept_url)).searchParams.get('token')
  expect((await call(app, 'POST', '/api/invites/accept', mate, { token })).body).toMatchObject({ role: 'analyst' })
})

const LAST = [
  ['removed', 'DELETE', undefined],
  ['demoted', 'PATCH', { role: 'designer' }],
] as const

for (const [what, method, body] of LAST) {
  test(`the last admin is not ${what}, not even by himself; with a second one he is`, async () => {
    await using org = await openOrg()
    const { app, admin } = org
    const mate = await makePerson(app, org.orgId, 'viewer')
    const refused = await call(app, method, `/api/members/${admin.userId}`, admin, body)
    expect([refused.status, refused.body.error]).toEqual([409, 'last_admin'])
    expect(await adminsOf(app, org.orgId)).toBe(1)
    expect(await auditOf(app, org.orgId)).toEqual([])
    await call(app, 'PATCH', `/api/members/${mate.userId}`, admin, { role: 'admin' })
    expect((await call(app, method, `/api/members/${admin.userId}`, admin, body)).status).toBeLessThan(300)
    expect(await adminsOf(app, org.orgId)).toBe(1)
  })

  test(`an admin of another org, or a deactivated one, does not let the last one be ${what}`, async () => {
    await using org = await openOrg()
    const { app, admin } = org
    await makePerson(app, (await makeOrg(app.ctx)).orgId)
    const asleep = await makePerson(app, org.orgId, 'admin')
    await app.ctx.db.update(users).set({ isActive: false }).where(eq(users.id, asleep.userId))
    const refused = await call(app, method, `/api/members/${admin.userId}`, admin, body)
    expect(refused.body.error).toBe('last_admin')
    expect((await call(app, method, `/api/members/${asleep.userId}`, admin, body)).status).toBeLessThan(300)
  })

  test(`of two admins who are ${what} by each other at once, one stays`, async () => {
    await using org = await openOrg()
    const { app } = org
    for (let round = 0; round < 6; round++) {
      const { orgId } = await makeOrg(app.ctx)
      const [one, two] = [await makePerson(app, orgId), await makePerson(app, orgId)]
      const answers = await Promise.all([
        call(app, method, `/api/members/${two.userId}`, one, body),
        call(app, method, `/api/members/${one.userId}`, two, body),
      ])
      expect(await adminsOf(app, orgId)).toBe(1)
      // The slower one has lost his role before he asks, or finds himself the last.
      const codes = answers.filter(({ status }) => status >= 300).map(({ body: { error } }) => String(error))
      expect(codes).toHaveLength(1)
      expect(['last_admin', 'permission_denied', 'not_a_member', 'no_org']).toContain(codes[0] ?? '')
    }
  })
}

test('of ten admins who all leave at once, one stays', async () => {
  await using org = await openOrg()
  const { app } = org
  const { orgId } = await makeOrg(app.ctx)
  const admins = []
  for (let n = 0; n < 10; n++) admins.push(await makePerson(app, orgId))
  const answers = await Promise.all(admins.map((one) => call(app, 'DELETE', `/api/members/${one.userId}`, one)))
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(9)
  expect(answers.filter(({ body }) => body.error === 'last_admin')).toHaveLength(1)
  expect(await adminsOf(app, orgId)).toBe(1)
})

test('a person of another org is answered like an unknown one, and not touched', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const other = await makeOrg(app.ctx)
  const stranger = await makePerson(app, other.orgId, 'viewer')
  for (const [, method, body] of LAST) {
    const foreign = await call(app, method, `/api/members/${stranger.userId}`, admin, body)
    const unknown = await call(app, method, '/api/members/99999', admin, body)
    expect(foreign.status).toBe(404)
    expect({ ...foreign.body, request_id: '' }).toEqual({ ...unknown.body, request_id: '' })
  }
  expect((await membershipsOf(app, stranger.userId)).map(({ role }) => role)).toEqual(['viewer'])
  expect(await auditOf(app, other.orgId)).toEqual([])
})

test('only an admin sees, changes or removes members; the body is looked at afterwards', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  for (const role of ['designer', 'analyst', 'viewer'] as const) {
    const mate = await makePerson(app, org.orgId, role)
    for (const [method, path, permission, body] of [
      ['GET', '/api/members', 'member.read', undefined],
      ['PATCH', `/api/members/${mate.userId}`, 'member.edit', { role: 'admin' }],
      ['PATCH', `/api/members/${mate.userId}`, 'member.edit', { role: 7 }],
      ['DELETE', `/api/members/${admin.userId}`, 'member.edit', undefined],
    ] as const) {
      const refused = await call(app, method, path, mate, body)
      expect([refused.status, refused.body.error, refused.body.permission]).toEqual([
        403,
        'permission_denied',
        permission,
      ])
    }
    expect((await membershipsOf(app, mate.userId)).map((row) => row.role)).toEqual([role])
  }
  const bad = await call(app, 'PATCH', `/api/members/${admin.userId}`, admin, { role: 'owner' })
  expect([bad.status, bad.body.field]).toEqual([422, 'role'])
})
