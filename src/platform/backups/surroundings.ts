import { and, desc, eq, isNotNull, max } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { type BackupSettings, settingsOf } from './settings.ts'
import { backupSettings, backups, restores } from './tables.ts'

export type Surroundings = Readonly<{
  settings: BackupSettings
  /** The last one that was asked for, however it ended. */
  restore: typeof restores.$inferSelect | undefined
  /** The backup that was proven last. */
  proven: Readonly<{ at: Date; name: string; tables: number | null; differences: number | null }> | undefined
}>

/** What stands around the list of an org's backups, in one statement. For `backup.edit`. */
export async function readSurroundings(ctx: Context, scope: Scope): Promise<Surroundings> {
  const { db } = ctx
  const { orgId } = scope
  const lastRestore = db
    .select({ id: max(restores.id) })
    .from(restores)
    .where(eq(restores.orgId, orgId))
  const lastProven = db
    .select({ id: backups.id })
    .from(backups)
    .where(and(eq(backups.orgId, orgId), isNotNull(backups.provenAt)))
    .orderBy(desc(backups.provenAt), desc(backups.id))
    .limit(1)
  const [row] = await db
    .select({ settings: backupSettings, restore: restores, proven: backups })
    .from(orgs)
    .leftJoin(backupSettings, eq(backupSettings.orgId, orgs.id))
    .leftJoin(restores, eq(restores.id, lastRestore))
    .leftJoin(backups, eq(backups.id, lastProven))
    .where(eq(orgs.id, orgId))
  const { provenAt: at, name = '', proofTables, proofDifferences } = row?.proven ?? {}
  return {
    settings: settingsOf(ctx, row?.settings ?? undefined),
    restore: row?.restore ?? undefined,
    proven: at ? { at, name, tables: proofTables ?? null, differences: proofDifferences ?? null } : undefined,
  }
}
