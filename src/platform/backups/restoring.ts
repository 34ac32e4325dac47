import { and, eq, getTableColumns, type SQL } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { orgs, users } from '#core/tenancy/tables.ts'
import { type Database, lockRow, type Tx } from '#db/database.ts'
import { authorOf, requireIn } from './backup.ts'
import { addRestore, requireIdle } from './begin.ts'
import { requireFile } from './download.ts'
import { requireRoom } from './room.ts'
import { backups, restores } from './tables.ts'

/** A restore with the name of its backup (null once that is deleted) and the e-mail of who asked for it. */
export type Restore = Readonly<typeof restores.$inferSelect & { name: string | null; by: string | null }>

/** What has to be typed, and sent, before a restore begins. */
export function phraseFor(slug: string): string {
  return `RESTORE ${slug}`
}

/**
 * Asks for a restore: it comes back `running`, and the queue first makes a safety backup of what there is, then puts the backup's
 * rows and files in the place of the org's. For `org.admin`. `confirm` is `RESTORE <slug>`, to the letter. Errors: `not_found`;
 * `confirm_mismatch` (contradiction); `backup_not_complete`, `backup_running`, `restore_running` and `disk_full` (conflict);
 * `backup_file_missing` (gone).
 */
export async function requestRestore(
  ctx: Context,
  scope: Scope,
  id: number,
  input: Readonly<{ confirm: string }>,
): Promise<Restore> {
  const backup = await requireIn(ctx.db, scope, id)
  if (input.confirm !== phraseFor(backup.slug)) {
    const words = `Type ${phraseFor(backup.slug)} to restore this backup.`
    throw new AppError('contradiction', 'confirm_mismatch', words, { field: 'confirm' })
  }
  await requireFile(ctx, backup)
  await requireRoom(ctx, scope.orgId)
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, scope.orgId)
    await requireIn(tx, scope, id)
    await requireIdle(tx, scope.orgId)
    const { rows } = backup
    const added = { orgId: scope.orgId, backupId: id, rows, createdBy: authorOf(scope) }
    return await requireRestoreIn(tx, scope, await addRestore(ctx, tx, added))
  })
}

/** One restore of the org. For `backup.edit`. Error: `not_found`. */
export async function requireRestore(ctx: Context, scope: Scope, id: number): Promise<Restore> {
  return await requireRestoreIn(ctx.db, scope, id)
}

export async function requireRestoreIn(db: Database | Tx, scope: Pick<Scope, 'orgId'>, id: number): Promise<Restore> {
  const [restore] = await selectRestores(db, scope, eq(restores.id, id))
  if (!restore) throw new AppError('not_found', 'not_found', 'There is no such restore.')
  return restore
}

/** Restores of the org, for a statement's end of its own. */
export function selectRestores(db: Database | Tx, scope: Pick<Scope, 'orgId'>, where: SQL) {
  return db
    .select({ ...getTableColumns(restores), name: backups.name, by: users.email })
    .from(restores)
    .leftJoin(backups, eq(backups.id, restores.backupId))
    .leftJoin(users, eq(users.id, restores.createdBy))
    .where(and(eq(restores.orgId, scope.orgId), where))
    .$dynamic()
}
