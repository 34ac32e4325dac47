import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { PERMISSIONS } from '#core/access/permissions.ts'
import { userOrgs } from '#core/tenancy/tables.ts'
import { call, openOrg } from '#test/invites/arrange.ts'
import { makePerson } from '#test/support/app.ts'
import { makeGroup, outcome } from './arrange.ts'

const OWN = '/api/groups/me/permissions'

test('everybody sees what he may do himself, and where each comes from', async () => {
  await using org = await openOrg()
  const { app, orgId } = org
  const mate = await makePerson(app, orgId, 'viewer')
  expect(await call(app, 'GET', OWN, mate)).toEqual({ status: 200, body: { items: [] } })
  const sales = await makeGroup(app, orgId, ['member.read', `group.edit@group:7`, 'rocket.launch'], [mate], 'Sales')
  const data = await makeGroup(app, orgId, ['audit.read', 'member.read', `group.edit@group:7`], [mate], 'Data')
  await makeGroup(app, orgId, ['user.edit'])
  const [bySales, byData] = [
    { kind: 'group', id: sales, name: 'Sales' },
    { kind: 'group', id: data, name: 'Data' },
  ]
  expect((await call(app, 'GET', OWN, mate)).body).toEqual({
    items: [
      { permission: 'member.read', target: null, from: [bySales, byData] },
      { permission: 'audit.read', target: null, from: [byData] },
      { permission: 'group.edit', target: 'group:7', from: [bySales, byData] },
    ],
  })
})

test('an admin has all by his role; by a group, org.admin is all of them', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const byRole = { kind: 'role', name: 'admin' }
  const first = await call(app, 'GET', OWN, admin)
  expect(first.body.items).toEqual(PERMISSIONS.map((permission) => ({ permission, target: null, from: [byRole] })))
  const owners = await makeGroup(app, orgId, ['org.admin', 'audit.read'], [admin], 'Owners')
  const byGroup = { kind: 'group', id: owners, name: 'Owners' }
  const both = await call(app, 'GET', OWN, admin)
  expect(both.body.items).toEqual(
    PERMISSIONS.map((permission) => ({ permission, target: null, from: [byRole, byGroup] })),
  )
  await app.ctx.db.update(userOrgs).set({ role: 'analyst' }).where(eq(userOrgs.userId, admin.userId))
  const left = await call(app, 'GET', OWN, admin)
  expect(left.body.items).toEqual(PERMISSIONS.map((permission) => ({ permission, target: null, from: [byGroup] })))
})

test('the catalogue names every permission with what it can be limited to, for whoever may see groups', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const { body } = await call(app, 'GET', '/api/groups/permissions', admin)
  const items = Array.isArray(body.items) ? body.items : []
  expect(items.map(({ permission }) => permission)).toEqual([...PERMISSIONS])
  expect(items.find(({ permission }) => permission === 'group.edit')).toEqual({
    permission: 'group.edit',
    words: 'Change groups, their members and permissions',
    target_kind: 'group',
  })
  const mate = await makePerson(app, orgId, 'viewer')
  expect(await outcome(app, 'GET', '/api/groups/permissions', mate)).toBe('403 permission_denied')
  await makeGroup(app, orgId, ['group.read'], [mate])
  expect(await outcome(app, 'GET', '/api/groups/permissions', mate)).toBe('200')
  expect(await outcome(app, 'POST', '/api/groups', mate, { name: 'Mine' })).toBe('403 permission_denied')
})
