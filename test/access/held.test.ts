import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { grantsHeld, permissionsHeld, rightsHeld } from '#core/access/held.ts'
import { countAdmins, requireAdminLeft } from '#core/access/last-admin.ts'
import { PERMISSIONS } from '#core/access/permissions.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { makeGroup, makeHolder } from '#test/groups/arrange.ts'
import { openOrg } from '#test/invites/arrange.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'

test('a member holds what his role and the groups of this org give, and nobody else anything', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const { db } = app.ctx
  const mate = await makePerson(app, orgId, 'viewer')
  expect([...(await permissionsHeld(db, orgId, mate.userId))]).toEqual([])
  await makeGroup(app, orgId, ['member.read', 'rocket.launch'], [mate])
  const other = await makeGroup(app, orgId, ['member.read', 'group.edit@group:5'], [mate])
  await makeGroup(app, orgId, ['audit.read'])
  expect([...(await permissionsHeld(db, orgId, mate.userId))]).toEqual(['member.read'])
  expect([...(await rightsHeld(db, orgId, mate.userId)).limited]).toEqual(['group.edit@group:5'])
  expect(await grantsHeld(db, orgId, mate.userId)).toEqual([
    { permission: 'member.read', target: undefined },
    { permission: 'group.edit', target: 'group:5' },
  ])
  expect(other).toBeGreaterThan(0)
  expect([...(await permissionsHeld(db, orgId, admin.userId))]).toEqual([...PERMISSIONS])
  const elsewhere = await makeOrg(app.ctx)
  expect(await grantsHeld(db, elsewhere.orgId, mate.userId)).toEqual([])
  expect([...(await permissionsHeld(db, orgId, 987_654))]).toEqual([])
})

test('whoever holds org.admin by a group holds everything', async () => {
  await using org = await openOrg()
  const holder = await makeHolder(org, 'org.admin')
  const held = await grantsHeld(org.app.ctx.db, org.orgId, holder.userId)
  expect(held.map(({ permission }) => permission)).toEqual([...PERMISSIONS])
})

test('admins count by role or by a group, once each, while they can sign in, in this org', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const { db } = app.ctx
  const count = () => countAdmins(db, orgId)
  expect(await count()).toBe(1)
  const holder = await makeHolder(org, 'org.admin')
  await makeGroup(app, orgId, ['org.admin'], [holder, admin])
  expect(await count()).toBe(2)
  await makeHolder(org, 'member.edit', 'org.admin@group:1')
  await makeGroup(app, orgId, ['org.admin'])
  const elsewhere = await makeOrg(app.ctx)
  await makePerson(app, elsewhere.orgId)
  expect(await count()).toBe(2)
  await db.update(userOrgs).set({ role: 'viewer' }).where(eq(userOrgs.userId, admin.userId))
  expect(await count()).toBe(2)
  await db.update(users).set({ isActive: false }).where(eq(users.id, holder.userId))
  expect(await count()).toBe(1)
  await db.transaction((tx) => requireAdminLeft(tx, orgId))
  await db.update(users).set({ isActive: false }).where(eq(users.id, admin.userId))
  const refused = db.transaction((tx) => requireAdminLeft(tx, orgId))
  await expect(refused).rejects.toMatchObject({ kind: 'conflict', code: 'last_admin' })
})
