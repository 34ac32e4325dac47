import { expect, test } from 'bun:test'
import { and, eq } from 'drizzle-orm'
import { groupGrants, groupMembers, groups } from '#core/access/tables.ts'
import { addMember } from '#core/tenancy/org.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { jobs } from '#jobs/tables.ts'
import { restoreOrg } from '#platform/backups/restore.ts'
import { json, makePerson, PASSWORD } from '#test/support/app.ts'
import { AT, addToGroup, backUp, openLife, roleOf } from './org-life.ts'
import { repack } from './repack.ts'

test('whoever was removed is a member again, and whoever came later stays', async () => {
  await using life = await openLife()
  const { app, ctx, acme, groupId, people } = life
  const file = await backUp(life, acme)
  await ctx.db.delete(userOrgs).where(eq(userOrgs.userId, people.eve.userId))
  const late = await makePerson(app, acme, 'analyst', 'late@example.com')
  await restoreOrg(ctx, { orgId: acme }, { file })
  expect(await roleOf(ctx, acme, people.eve.userId)).toBe('viewer')
  expect(await roleOf(ctx, acme, late.userId)).toBe('analyst')
  const inGroup = await ctx.db
    .select({ userId: userOrgs.userId })
    .from(groupMembers)
    .innerJoin(userOrgs, eq(userOrgs.id, groupMembers.membershipId))
    .where(eq(groupMembers.groupId, groupId))
  expect(inGroup).toEqual([{ userId: people.eve.userId }])
})

test('a member who was removed and taken in again keeps his new membership, with what the backup gives him', async () => {
  await using life = await openLife()
  const { ctx, acme, groupId, people } = life
  const file = await backUp(life, acme)
  const { userId } = people.eve
  await ctx.db.delete(userOrgs).where(eq(userOrgs.userId, userId))
  await ctx.db.transaction((tx) => addMember(ctx, tx, acme, userId, 'analyst'))
  const [now] = await ctx.db.select().from(userOrgs).where(eq(userOrgs.userId, userId))
  await restoreOrg(ctx, { orgId: acme }, { file })
  const [then] = await ctx.db.select().from(userOrgs).where(eq(userOrgs.userId, userId))
  expect(then).toMatchObject({ id: now?.id, role: 'viewer' })
  const [member] = await ctx.db.select().from(groupMembers).where(eq(groupMembers.groupId, groupId))
  expect(member?.membershipId).toBe(now?.id)
})

test('an e-mail without an account gets one that no password opens, and no mail is sent', async () => {
  await using life = await openLife()
  const { app, ctx, acme, people } = life
  const file = await backUp(life, acme)
  await ctx.db.delete(users).where(eq(users.id, people.eve.userId))
  await restoreOrg(ctx, { orgId: acme }, { file })
  const [eve] = await ctx.db.select().from(users).where(eq(users.email, 'eve@example.com'))
  expect(eve).toMatchObject({ name: 'eve', passwordHash: null, isSuperadmin: false, isActive: true, tokenVersion: 0 })
  expect(eve?.id).not.toBe(people.eve.userId)
  expect(await roleOf(ctx, acme, eve?.id ?? 0)).toBe('viewer')
  for (const password of [PASSWORD, '', 'null']) {
    const answer = await app.fetch('/api/auth/login', json('POST', { username: 'eve@example.com', password }))
    expect(answer.status).not.toBe(200)
  }
  const queued = await ctx.db.select({ kind: jobs.kind }).from(jobs)
  expect(queued.map(({ kind }) => kind)).toEqual(['backup.files'])
})

test('nobody’s account, other memberships or rights over the install change', async () => {
  await using life = await openLife()
  const { ctx, acme, beta, people } = life
  await ctx.db.update(users).set({ isSuperadmin: true }).where(eq(users.id, people.bob.userId))
  const file = await backUp(life, acme)
  const set = { isSuperadmin: false, name: 'Renamed', passwordHash: 'later', isActive: false, tokenVersion: 7 }
  await ctx.db.update(users).set(set).where(eq(users.id, people.bob.userId))
  await ctx.db.transaction((tx) => addMember(ctx, tx, beta, people.bob.userId, 'analyst'))
  const before = await ctx.db.select().from(users)
  await restoreOrg(ctx, { orgId: acme }, { file })
  expect(await ctx.db.select().from(users)).toEqual(before)
  expect(await roleOf(ctx, beta, people.bob.userId)).toBe('analyst')
})

test('roles come back, and org.admin is taken from nobody', async () => {
  await using life = await openLife()
  const { app, ctx, acme, ada, people } = life
  const file = await backUp(life, acme)
  const boss = await makePerson(app, acme, 'viewer', 'boss@example.com')
  const group = { orgId: acme, name: 'Bosses', nameKey: 'bosses', createdAt: AT }
  const [made] = await ctx.db.insert(groups).values(group).returning({ id: groups.id })
  const groupId = made?.id ?? 0
  await ctx.db.insert(groupGrants).values({ orgId: acme, groupId, permission: 'org.admin', target: '', createdAt: AT })
  await addToGroup(ctx, acme, groupId, boss.userId)
  const byUser = (userId: number) => and(eq(userOrgs.userId, userId), eq(userOrgs.orgId, acme))
  await ctx.db.update(userOrgs).set({ role: 'admin' }).where(byUser(people.bob.userId))
  await ctx.db.update(userOrgs).set({ role: 'analyst' }).where(byUser(people.eve.userId))
  await ctx.db.update(userOrgs).set({ role: 'viewer' }).where(byUser(ada.userId))
  await restoreOrg(ctx, { orgId: acme }, { file })
  const roles = await Promise.all([ada, people.bob, people.eve, boss].map(({ userId }) => roleOf(ctx, acme, userId)))
  expect(roles).toEqual(['admin', 'admin', 'viewer', 'admin'])
})

test('a backup that leaves an org without an admin who can sign in is refused', async () => {
  await using life = await openLife()
  const { ctx, acme, ada } = life
  const file = await backUp(life, acme)
  const unled = await repack(file, { edit: ({ tables }) => replaceIn(tables, 'user_orgs', 'admin', 'viewer') })
  await ctx.db.update(userOrgs).set({ role: 'viewer' }).where(eq(userOrgs.userId, ada.userId))
  await expect(restoreOrg(ctx, { orgId: acme }, { file: unled })).rejects.toMatchObject({ code: 'last_admin' })
  await restoreOrg(ctx, { orgId: acme }, { file })
  expect(await roleOf(ctx, acme, ada.userId)).toBe('admin')
})

function replaceIn(tables: Record<string, string>, table: string, from: string, to: string): void {
  tables[table] = tables[table]?.replaceAll(from, to) ?? ''
}
