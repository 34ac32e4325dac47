import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { groups } from '#core/access/tables.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { usageDays, usageEvents } from '#core/usage/tables.ts'
import { restoreOrg } from '#platform/backups/restore.ts'
import { backUp, differences, everyRow, filesOf, openLife, writeFiles } from './org-life.ts'

test('an org comes back as it was, and nothing of another org or of the install changes', async () => {
  await using life = await openLife()
  const { app, ctx, acme, beta } = life
  const file = await backUp(life, acme)
  const before = await everyRow(life)
  const files = await filesOf(app, acme)

  await ctx.db.delete(usageEvents).where(eq(usageEvents.orgId, acme))
  await ctx.db.update(orgs).set({ name: 'Wrong', color: '#ff0000' }).where(eq(orgs.id, acme))
  await ctx.db.update(usageDays).set({ events: 8 }).where(eq(usageDays.orgId, acme))
  await ctx.db.delete(groups).where(eq(groups.orgId, acme))
  await ctx.db.insert(groups).values({ orgId: acme, name: 'Later', nameKey: 'later', createdAt: new Date() })
  await writeFiles(app, acme, { 'a/b.txt': 'wrong', later: 'x' })
  expect(differences(before, await everyRow(life)).length).toBeGreaterThan(300)

  const steps: string[] = []
  const done = await restoreOrg(
    ctx,
    { orgId: acme },
    { file, onStep: (step, n, all) => steps.push(`${step} ${n}/${all}`) },
  )
  expect(differences(before, await everyRow(life)).filter((line) => !/^(jobs|schedules) /.test(line))).toEqual([])
  expect(await filesOf(app, acme)).toEqual(files)
  expect(await filesOf(app, beta)).toEqual({ 'a/b.txt': 'of beta' })
  expect(steps.at(-1)).toBe(`swapping ${done.rows}/${done.rows}`)
  expect(steps[0]).toStartWith('loading')
  expect(done.rows).toBeGreaterThan(300)
  expect(await readdir(join(app.config.dataDir, '_restore'))).toEqual([])
})
