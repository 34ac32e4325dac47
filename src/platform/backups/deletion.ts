import { and, eq, or } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { lockRow, type Tx } from '#db/database.ts'
import { type Backup, requireIn } from './backup.ts'
import { discardLater, discardNow } from './discard.ts'
import { backups, restores } from './tables.ts'

/**
 * Deletes a backup and its file. For `backup.edit`. Errors: `not_found`; `backup_running` while it is written, and
 * `backup_in_use` while it is restored or is what a running restore falls back to (conflict).
 */
export async function deleteBackup(ctx: Context, scope: Scope, id: number): Promise<Backup> {
  const gone = await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, scope.orgId)
    const backup = await requireIn(tx, scope, id)
    await refuseInUse(tx, backup)
    await tx.delete(backups).where(eq(backups.id, id))
    await record(ctx, tx, scope, 'backup.deleted', { backup_id: id, name: backup.name })
    await discardLater(ctx, tx, backup)
    return backup
  })
  await discardNow(ctx, gone)
  return gone
}

async function refuseInUse(tx: Tx, { id, state }: Backup): Promise<void> {
  const isUsed = or(eq(restores.backupId, id), eq(restores.safetyBackupId, id))
  if ((await tx.$count(restores, and(eq(restores.state, 'running'), isUsed))) > 0) {
    throw new AppError('conflict', 'backup_in_use', 'A restore is using this backup. Wait until it ends.')
  }
  if (state !== 'running') return
  throw new AppError('conflict', 'backup_running', 'This backup is still being made. Wait until it ends.')
}
