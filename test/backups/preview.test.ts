import { expect, test } from 'bun:test'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { and, eq, gt, lte } from 'drizzle-orm'
import { groups } from '#core/access/tables.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { usageDays, usageEvents } from '#core/usage/tables.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { previewRestore } from '#platform/backups/preview.ts'
import { restoreOrg } from '#platform/backups/restore.ts'
import { AT, addWebhook, backUp, everyRow, filesOf, openLife, writeFiles } from './org-life.ts'

test('a preview of what was just saved finds every row unchanged', async () => {
  await using life = await openLife()
  const { ctx, acme } = life
  const file = await backUp(life, acme)
  const { tables, files, people_created, people_joining } = await previewRestore(ctx, { orgId: acme }, file)
  for (const { added, changed, removed } of tables)
    expect({ added, changed, removed }).toEqual({ added: 0, changed: 0, removed: 0 })
  expect(tables.find(({ name }) => name === 'usage_events')?.unchanged).toBe(300)
  expect({ files, people_created, people_joining }).toEqual({
    files: { added: 0, changed: 0, removed: 0 },
    people_created: 0,
    people_joining: 0,
  })
})

test('a preview tells what a restore then does, and writes nothing', async () => {
  await using life = await openLife()
  const { app, ctx, acme, ada, people, webhookId } = life
  const gone = await addWebhook(ctx, acme, ada.userId, 'https://gone.example')
  const file = await backUp(life, acme)
  const ours = eq(usageEvents.orgId, acme)
  await ctx.db.delete(usageEvents).where(and(ours, lte(usageEvents.id, 40)))
  await ctx.db
    .update(usageEvents)
    .set({ source: 'wrong' })
    .where(and(ours, gt(usageEvents.id, 290)))
  const event = { orgId: acme, kind: 'dbt.run', outcome: 'ok', at: AT } as const
  await ctx.db.insert(usageEvents).values([1, 2, 3].map((n) => ({ id: 5_000 + n, ...event })))
  await ctx.db.delete(usageDays).where(eq(usageDays.orgId, acme))
  await ctx.db.update(orgs).set({ name: 'Wrong' }).where(eq(orgs.id, acme))
  await ctx.db.delete(groups).where(eq(groups.orgId, acme))
  await ctx.db.delete(webhooks).where(eq(webhooks.id, gone))
  await ctx.db.update(webhooks).set({ url: 'https://wrong.example' }).where(eq(webhooks.id, webhookId))
  await addWebhook(ctx, acme, ada.userId, 'https://later.example')
  await ctx.db.delete(users).where(eq(users.id, people.eve.userId))
  await ctx.db.delete(userOrgs).where(eq(userOrgs.userId, people.bob.userId))
  await writeFiles(app, acme, { 'a/b.txt': 'of acmE', later: 'x' })
  await rm(join(app.config.dataDir, 'orgs', String(acme), 'c "d",\n.csv'))
  const [before, files] = [await everyRow(life), await filesOf(app, acme)]

  const preview = await previewRestore(ctx, { orgId: acme }, file)
  expect(await everyRow(life)).toEqual(before)
  expect(await filesOf(app, acme)).toEqual(files)
  const byName = Object.fromEntries(
    preview.tables.map(({ name, added, changed, removed }) => [name, [added, changed, removed]]),
  )
  expect(byName).toMatchObject({
    ...{ usage_events: [40, 10, 3], usage_days: [1, 0, 0], usage_levels: [0, 0, 0], orgs: [0, 1, 0] },
    ...{ groups: [1, 0, 0], group_members: [1, 0, 0], group_grants: [2, 0, 0] },
    ...{ webhooks: [1, 2, 0], user_orgs: [2, 0, 0], smtp_settings: [0, 0, 0], org_logos: [0, 0, 0] },
  })
  expect(preview.files).toEqual({ added: 1, changed: 1, removed: 1 })
  expect([preview.people_created, preview.people_joining]).toEqual([1, 1])

  await restoreOrg(ctx, { orgId: acme }, { file })
  const again = await previewRestore(ctx, { orgId: acme }, file)
  const left = again.tables.filter(({ added, changed, removed }) => added + changed + removed > 0)
  expect(left).toEqual([])
  expect(again.files).toEqual({ added: 0, changed: 0, removed: 0 })
})
