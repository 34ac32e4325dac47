import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { countAdmins } from '#core/access/last-admin.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { auditOf, type Org, openOrg } from '#test/invites/arrange.ts'
import { makePerson } from '#test/support/app.ts'
import { addGrant, grantsIn, makeGroup, makeHolder, outcome } from './arrange.ts'

const ROUNDS = 5

/** An org whose only admin is one by groups: two of them, with nobody else in it. */
async function openOrgOfGroups(): Promise<Org & { groups: [number, number] }> {
  const org = await openOrg()
  const { app, admin, orgId } = org
  const groups: [number, number] = [
    await makeGroup(app, orgId, ['org.admin'], [admin], 'Owners'),
    await makeGroup(app, orgId, ['org.admin'], [admin], 'Founders'),
  ]
  await app.ctx.db.update(userOrgs).set({ role: 'viewer' }).where(eq(userOrgs.userId, admin.userId))
  return { ...org, groups, [Symbol.asyncDispose]: () => org[Symbol.asyncDispose]() }
}

test('the last way to org.admin is not taken, by whatever door; before it, and after another one is there, it is', async () => {
  await using org = await openOrgOfGroups()
  const { app, admin, orgId, groups } = org
  const [owners, founders] = groups
  expect(await outcome(app, 'DELETE', `/api/groups/${founders}/permissions/org.admin`, admin)).toBe('204')
  const doors = [
    `/api/groups/${owners}/permissions/org.admin`,
    `/api/groups/${owners}/members/${admin.userId}`,
    `/api/groups/${owners}`,
    `/api/members/${admin.userId}`,
  ]
  const before = await auditOf(app, orgId)
  for (const door of doors) expect([door, await outcome(app, 'DELETE', door, admin)]).toEqual([door, '409 last_admin'])
  expect(await auditOf(app, orgId)).toEqual(before)
  expect(await countAdmins(app.ctx.db, orgId)).toBe(1)
  // A change that is not about org.admin is none of its business.
  await addGrant(app, orgId, owners, 'audit.read')
  expect(await outcome(app, 'DELETE', `/api/groups/${owners}/permissions/audit.read`, admin)).toBe('204')
  const mate = await makePerson(app, orgId, 'admin')
  expect(await outcome(app, 'DELETE', doors[0] ?? '', admin)).toBe('204')
  expect(await outcome(app, 'GET', '/api/groups', admin)).toBe('403 permission_denied')
  expect(await outcome(app, 'GET', '/api/groups', mate)).toBe('200')
})

test('an admin by a group is enough to demote the last one by a role, unless he is deactivated', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const holder = await makeHolder(org, 'org.admin')
  const demote = () => outcome(app, 'PATCH', `/api/members/${admin.userId}`, admin, { role: 'viewer' })
  await app.ctx.db.update(users).set({ isActive: false }).where(eq(users.id, holder.userId))
  expect(await demote()).toBe('409 last_admin')
  await app.ctx.db.update(users).set({ isActive: true }).where(eq(users.id, holder.userId))
  expect(await demote()).toBe('200')
  expect(await outcome(app, 'DELETE', `/api/members/${holder.userId}`, holder)).toBe('409 last_admin')
})

test('two revocations of the last two ways at once leave one', async () => {
  await using org = await openOrgOfGroups()
  const { app, admin, orgId, groups } = org
  const requests: ((group: number) => [method: string, path: string])[] = [
    (group) => ['DELETE', `/api/groups/${group}/permissions/org.admin`],
    (group) => ['DELETE', `/api/groups/${group}/members/${admin.userId}`],
  ]
  for (let round = 0; round < ROUNDS; round++) {
    for (const request of requests) {
      const answers = await Promise.all(
        groups.map((group) => {
          const [method, path] = request(group)
          return outcome(app, method, path, admin)
        }),
      )
      expect(answers.toSorted()).toEqual(['204', '409 last_admin'])
      expect(await countAdmins(app.ctx.db, orgId)).toBe(1)
      for (const group of groups) {
        if (!(await grantsIn(app, group)).includes('org.admin')) await addGrant(app, orgId, group, 'org.admin')
        expect(await outcome(app, 'PUT', `/api/groups/${group}/members/${admin.userId}`, admin)).toBe('200')
      }
    }
  }
})

test('two groups deleted at once leave one, and so do a demotion and a revocation', async () => {
  await using org = await openOrgOfGroups()
  const { app, admin, orgId, groups } = org
  const deleted = await Promise.all(groups.map((group) => outcome(app, 'DELETE', `/api/groups/${group}`, admin)))
  expect(deleted.toSorted()).toEqual(['204', '409 last_admin'])
  const left = groups[deleted.indexOf('409 last_admin')]
  const mate = await makePerson(app, orgId, 'admin')
  const answers = await Promise.all([
    outcome(app, 'PATCH', `/api/members/${mate.userId}`, admin, { role: 'viewer' }),
    outcome(app, 'DELETE', `/api/groups/${left}/permissions/org.admin`, mate),
  ])
  // Whoever came second may have lost his own rights before he was looked at.
  expect(answers.filter((one) => one === '200' || one === '204')).toHaveLength(1)
  expect(await countAdmins(app.ctx.db, orgId)).toBe(1)
})
