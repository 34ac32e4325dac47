import { expect, test } from 'bun:test'
import { groupMembers } from '#core/access/tables.ts'
import { userOrgs } from '#core/tenancy/tables.ts'
import { accept, auditOf, call, invite, openOrg } from '#test/invites/arrange.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { makeGroup, outcome, peopleIn, withAccessToken } from './arrange.ts'

test('a person in a group has what it gives from the next request on, and not after he left it', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const mate = await makePerson(app, orgId, 'viewer')
  const group = await makeGroup(app, orgId, ['member.read'], [], 'Sales')
  const path = `/api/groups/${group}/members/${mate.userId}`
  for (const person of [mate, await withAccessToken(app, mate)]) {
    expect(await outcome(app, 'GET', '/api/members', person)).toBe('403 permission_denied')
    const placed = await call(app, 'PUT', path, admin)
    expect(placed).toEqual({
      status: 200,
      body: {
        user_id: mate.userId,
        email: mate.email,
        name: mate.email.split('@')[0],
        role: 'viewer',
        is_active: true,
        added_at: expect.any(String),
      },
    })
    expect((await call(app, 'PUT', path, admin)).body).toEqual(placed.body)
    expect(await outcome(app, 'GET', '/api/members', person)).toBe('200')
    for (let n = 0; n < 2; n++) expect(await outcome(app, 'DELETE', path, admin)).toBe('204')
    expect(await outcome(app, 'GET', '/api/members', person)).toBe('403 permission_denied')
  }
  const detail = { group_id: group, name: 'Sales', user_id: mate.userId, email: mate.email }
  const once = [
    { action: 'group.member_added', by: admin.email, detail },
    { action: 'group.member_removed', by: admin.email, detail },
  ]
  expect((await auditOf(app, orgId)).filter(({ action }) => action.startsWith('group.'))).toEqual([...once, ...once])
})

test('the list shows who is in a group, the latest first, in pages', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const mates = [await makePerson(app, orgId, 'viewer'), await makePerson(app, orgId, 'viewer'), admin]
  const group = await makeGroup(app, orgId, [], mates)
  await makeGroup(app, orgId, [], [await makePerson(app, orgId, 'viewer')])
  const path = `/api/groups/${group}/members?limit=2`
  const first = await call(app, 'GET', path, admin)
  const second = await call(app, 'GET', `${path}&cursor=${first.body.next_cursor}`, admin)
  const found = [first.body.items, second.body.items].flat().map((item) => Reflect.get(Object(item), 'user_id'))
  expect(found).toEqual(mates.map(({ userId }) => userId).toReversed())
  expect(second.body.next_cursor).toBeNull()
  expect(await outcome(app, 'GET', '/api/groups/987654/members', admin)).toBe('404 not_found')
})

test('removal from the org ends what the groups gave, and coming back does not revive it', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const mate = await makePerson(app, orgId, 'viewer')
  const group = await makeGroup(app, orgId, ['member.read'], [mate, admin])
  expect(await outcome(app, 'GET', '/api/members', mate)).toBe('200')
  expect(await outcome(app, 'DELETE', `/api/members/${mate.userId}`, admin)).toBe('204')
  expect(await peopleIn(app, group)).toEqual([admin.userId])
  const { token } = await invite(org, mate.email)
  expect((await accept(app, { token }, mate)).status).toBe(201)
  expect(await outcome(app, 'GET', '/api/members', mate)).toBe('403 permission_denied')
  expect((await call(app, 'GET', '/api/me', mate)).body.permissions).toEqual([])
  expect(await peopleIn(app, group)).toEqual([admin.userId])
})

test('groups and people of other orgs are unknown in every place of a request, and nothing changes', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const elsewhere = await makeOrg(app.ctx)
  const stranger = await makePerson(app, elsewhere.orgId)
  const [own, foreign] = [await makeGroup(app, orgId), await makeGroup(app, elsewhere.orgId, [], [stranger])]
  for (const method of ['PUT', 'DELETE']) {
    for (const path of [
      `/${own}/members/${stranger.userId}`,
      `/${foreign}/members/${stranger.userId}`,
      `/${foreign}/members/${admin.userId}`,
      `/${foreign}/permissions/member.read`,
      `/${own}/permissions/group.edit?target=group:${foreign}`,
    ]) {
      expect([method, path, await outcome(app, method, `/api/groups${path}`, admin)]).toEqual([
        method,
        path,
        '404 not_found',
      ])
    }
  }
  expect(await outcome(app, 'GET', `/api/groups/${foreign}/members`, admin)).toBe('404 not_found')
  expect(await outcome(app, 'PATCH', `/api/groups/${foreign}`, admin, { name: 'Mine' })).toBe('404 not_found')
  expect(await outcome(app, 'DELETE', `/api/groups/${foreign}`, admin)).toBe('404 not_found')
  expect([await peopleIn(app, own), await peopleIn(app, foreign)]).toEqual([[], [stranger.userId]])
  expect(await outcome(app, 'PUT', `/api/groups/${own}/members/${admin.userId}`, admin)).toBe('200')
})

test('a group of one org gives nothing in another org of the same person', async () => {
  await using org = await openOrg()
  const { app, orgId } = org
  const elsewhere = await makeOrg(app.ctx)
  const mate = await makePerson(app, orgId, 'viewer')
  await makeGroup(app, orgId, ['org.admin'], [mate])
  const now = app.ctx.clock.now()
  await app.ctx.db
    .insert(userOrgs)
    .values({ orgId: elsewhere.orgId, userId: mate.userId, role: 'viewer', createdAt: now })
  const there = { ...mate, bearer: { ...mate.bearer, 'x-org-id': String(elsewhere.orgId) } }
  expect(await outcome(app, 'GET', '/api/members', mate)).toBe('200')
  expect(await outcome(app, 'GET', '/api/members', there)).toBe('403 permission_denied')
  expect((await call(app, 'GET', '/api/groups/me/permissions', there)).body).toEqual({ items: [] })
})

test('ids that are none are unknown, and many of one person at once make one place', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const group = await makeGroup(app, orgId)
  for (const id of ['0', '-1', '1.5', 'x', '9'.repeat(30)]) {
    expect([id, await outcome(app, 'PUT', `/api/groups/${group}/members/${id}`, admin)]).toEqual([id, '404 not_found'])
    expect([id, await outcome(app, 'PUT', `/api/groups/${id}/members/${admin.userId}`, admin)]).toEqual([
      id,
      '404 not_found',
    ])
  }
  const path = `/api/groups/${group}/members/${admin.userId}`
  const answers = await Promise.all(Array.from({ length: 8 }, () => outcome(app, 'PUT', path, admin)))
  expect(answers).toEqual(Array(8).fill('200'))
  expect(await app.ctx.db.$count(groupMembers)).toBe(1)
  expect(await auditOf(app, orgId)).toHaveLength(1)
})
