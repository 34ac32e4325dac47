import { expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { and, eq } from 'drizzle-orm'
import { groupGrants, groups } from '#core/access/tables.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { usageEvents } from '#core/usage/tables.ts'
import { exportOrg } from '#platform/backups/export.ts'
import { previewRestore } from '#platform/backups/preview.ts'
import { proveBackup } from '#platform/backups/proof.ts'
import { restoreOrg } from '#platform/backups/restore.ts'
import { makeOrg, makePerson, startTestApp } from '#test/support/app.ts'
import { contentOf } from './content.ts'
import { filesOf } from './org-life.ts'

const FIXTURES = join(import.meta.dir, 'fixtures')

for (const made of ['sqlite', 'postgres']) {
  test(`a backup that was made on ${made} is proven, previewed and restored here, and goes out again as it came in`, async () => {
    const file = join(FIXTURES, `acme-${made}.tar.gz`)
    const { manifest, tables } = await contentOf(file)
    expect(manifest.engine).toBe(made === 'sqlite' ? 'sqlite' : 'postgres')
    await using app = await startTestApp()
    const { ctx } = app
    const { orgId } = await makeOrg(ctx, 'here')
    await makePerson(app, orgId, 'admin', 'host@example.com')
    expect(await proveBackup(ctx, file)).toEqual({ tables: manifest.tables.length, differences: 0 })
    expect((await previewRestore(ctx, { orgId }, file)).people_created).toBe(3)
    await restoreOrg(ctx, { orgId }, { file })
    expect(await ctx.db.$count(usageEvents, eq(usageEvents.orgId, orgId))).toBe(300)
    const members = await ctx.db
      .select({ email: users.email, role: userOrgs.role, hash: users.passwordHash })
      .from(userOrgs)
      .innerJoin(users, eq(users.id, userOrgs.userId))
      .where(eq(userOrgs.orgId, orgId))
      .orderBy(users.email)
    expect(members.filter(({ email }) => email !== 'host@example.com')).toEqual([
      { email: 'ada@example.com', role: 'admin', hash: null },
      { email: 'bob@example.com', role: 'designer', hash: null },
      { email: 'eve@example.com', role: 'viewer', hash: null },
    ])
    const [group] = await ctx.db.select().from(groups).where(eq(groups.orgId, orgId))
    expect(group?.name).toBe('Acme "crew",\nnight')
    const ofGroup = and(eq(groupGrants.orgId, orgId), eq(groupGrants.target, `group:${group?.id}`))
    expect(await ctx.db.$count(groupGrants, ofGroup)).toBe(1)
    expect(await filesOf(app, orgId)).toEqual({ 'a/b.txt': 'of acme', 'c "d",\n.csv': '1,2' })

    const folder = await mkdtemp(join(tmpdir(), 'honeyframe-golden-'))
    await exportOrg(ctx, { orgId }, { file: join(folder, 'again.tar.gz') })
    const again = await contentOf(join(folder, 'again.tar.gz'))
    await rm(folder, { recursive: true })
    for (const table of ['usage_events', 'usage_days', 'usage_levels', 'org_logos', 'health_settings']) {
      expect(plain(again.tables[table])).toEqual(plain(tables[table]))
    }
  }, 60_000)
}

/** Rows without what names them and their org. */
function plain(text = ''): string[] {
  return text.split('\n').map((line) => line.replace(/^\d+(,\d+)?,/, ''))
}
