import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { groupGrants, groupMembers, groups } from '#core/access/tables.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { usageEvents } from '#core/usage/tables.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { previewRestore } from '#platform/backups/preview.ts'
import { restoreOrg } from '#platform/backups/restore.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { addToGroup, backUp, differences, everyRow, filesOf, type Life, openLife } from './org-life.ts'

/** What an org has, told without ids. */
async function story({ ctx, app }: Pick<Life, 'ctx' | 'app'>, orgId: number) {
  const { db } = ctx
  const [org] = await db.select({ name: orgs.name, color: orgs.color }).from(orgs).where(eq(orgs.id, orgId))
  const members = await db
    .select({ email: users.email, role: userOrgs.role, group: groups.name })
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .leftJoin(groupMembers, eq(groupMembers.membershipId, userOrgs.id))
    .leftJoin(groups, eq(groups.id, groupMembers.groupId))
    .where(eq(userOrgs.orgId, orgId))
    .orderBy(users.email)
  const grants = await db
    .select({ name: groups.name, groupId: groups.id, permission: groupGrants.permission, target: groupGrants.target })
    .from(groupGrants)
    .innerJoin(groups, eq(groups.id, groupGrants.groupId))
    .where(eq(groupGrants.orgId, orgId))
    .orderBy(groupGrants.permission)
  const rights = grants.map(({ groupId, target, ...grant }) => ({ ...grant, isOwn: target === `group:${groupId}` }))
  const events = await db.$count(usageEvents, eq(usageEvents.orgId, orgId))
  const hooks = await db
    .select({ url: webhooks.url, isActive: webhooks.isActive, by: users.email })
    .from(webhooks)
    .leftJoin(users, eq(users.id, webhooks.createdBy))
    .where(eq(webhooks.orgId, orgId))
    .orderBy(webhooks.id)
  return { org, members, rights, events, hooks, files: await filesOf(app, orgId) }
}

test('an org’s backup comes into another org of the same install with new ids, and its own org keeps everything', async () => {
  await using life = await openLife()
  const { ctx, acme } = life
  const file = await backUp(life, acme)
  const { orgId: copy, slug } = await makeOrg(ctx, 'copy')
  const told = await story(life, acme)
  const before = await everyRow(life)
  const preview = await previewRestore(ctx, { orgId: copy }, file)
  expect(preview.tables.find(({ name }) => name === 'usage_events')).toMatchObject({ added: 300, removed: 0 })
  await restoreOrg(ctx, { orgId: copy }, { file })
  const lost = differences(before, await everyRow(life)).filter((line) => / - /.test(line))
  expect(lost.filter((line) => !line.startsWith('orgs - '))).toEqual([])
  expect(await story(life, acme)).toEqual(told)
  expect(await story(life, copy)).toEqual({ ...told, hooks: told.hooks.map((hook) => ({ ...hook, isActive: false })) })
  const [org] = await ctx.db.select().from(orgs).where(eq(orgs.id, copy))
  expect(org?.slug).toBe(slug)
  await restoreOrg(ctx, { orgId: copy }, { file: await backUp(life, copy) })
  expect((await story(life, copy)).events).toBe(300)
}, 60_000)

test('a backup of another install comes in whole, whoever has its ids here', async () => {
  await using there = await openLife()
  const file = await backUp(there, there.acme)
  const told = await story(there, there.acme)
  await using here = await openLife()
  const { app, ctx, beta } = here
  await makePerson(app, beta, 'viewer', 'bob@example.com').catch(() => undefined)
  await ctx.db.update(users).set({ email: 'someone@else.example' }).where(eq(users.email, 'eve@example.com'))
  const acmeBefore = await story(here, here.acme)
  await restoreOrg(ctx, { orgId: beta }, { file })
  expect(await story(here, here.acme)).toEqual(acmeBefore)
  const now = await story(here, beta)
  const came = now.members.filter(({ email }) => told.members.some((member) => member.email === email))
  expect(came).toEqual(told.members)
  expect(now).toMatchObject({ org: told.org, rights: told.rights, events: 300, files: told.files })
  expect(now.hooks.map(({ url, isActive }) => [url, isActive])).toEqual([
    ['https://beta.example/hook', false],
    ['https://acme.example/hook', false],
  ])
}, 60_000)

test('ids that are given later are those of nobody', async () => {
  await using life = await openLife()
  const { ctx, acme, beta, people } = life
  const file = await backUp(life, acme)
  await restoreOrg(ctx, { orgId: beta }, { file })
  const added = { orgId: beta, name: 'Later', nameKey: 'later', createdAt: new Date() }
  const [later] = await ctx.db.insert(groups).values(added).returning({ id: groups.id })
  const all = await ctx.db.select({ id: groups.id }).from(groups)
  expect(Math.max(...all.map(({ id }) => id))).toBe(later?.id ?? 0)
  await addToGroup(ctx, beta, later?.id ?? 0, people.eve.userId)
}, 60_000)
