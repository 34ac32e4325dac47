import { stat } from 'node:fs/promises'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { type Backup, requireIn } from './backup.ts'
import { isOnDisk, pathOf } from './folder.ts'

/**
 * The file of a complete backup: where it lies, and what to call it with the org's slug. For `backup.edit`. Errors: `not_found`,
 * `backup_not_complete` (conflict), `backup_file_missing` (gone).
 */
export async function openBackup(ctx: Context, scope: Scope, id: number) {
  const backup = await requireIn(ctx.db, scope, id)
  const path = await requireFile(ctx, backup)
  const detail = { backup_id: id, name: backup.name }
  await ctx.db.transaction((tx) => record(ctx, tx, scope, 'backup.downloaded', detail))
  return { path, name: `${backup.slug}-${backup.name}`, bytes: (await stat(path)).size }
}

/** Where the file of a backup lies. Errors: `backup_not_complete` (conflict), `backup_file_missing` (gone). */
export async function requireFile(ctx: Context, { slug, name, state }: Backup): Promise<string> {
  if (state !== 'complete') {
    throw new AppError('conflict', 'backup_not_complete', 'This backup is not complete.')
  }
  if (await isOnDisk(ctx, slug, name)) return pathOf(ctx, slug, name)
  const words = 'The file of this backup is no longer on the disk.'
  throw new AppError('gone', 'backup_file_missing', words, { permanent: true })
}
