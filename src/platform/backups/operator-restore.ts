import { realpath } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { and, eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { lockRow } from '#db/database.ts'
import { runDeadJobs } from '#jobs/dead-jobs.ts'
import { holdJob, workOn } from '#jobs/held-job.ts'
import { authorOf, selectBackups } from './backup.ts'
import { addRestore, requireIdle, restoreKey } from './begin.ts'
import { exclusiveJobs } from './exclusive-jobs.ts'
import { pathOf } from './folder.ts'
import type { Restored } from './restore.ts'
import { failRestore } from './restore-failure.ts'
import { restoreFrom, type Source } from './restore-run.ts'
import { type Restore, requireRestoreIn } from './restoring.ts'
import { requireRoom } from './room.ts'
import { requireOrgBackup } from './staging.ts'
import { backups } from './tables.ts'

/**
 * Restores a file in this process, with or without a server beside it: a safety backup first, and all else as `requestRestore` has
 * it done. For the operator, who has confirmed it. When the process dies, the restore is `failed` as soon as a server or the next
 * command sees it. Errors: `backup_file_missing` (gone), `restore_running`, `backup_running`, `disk_full` (conflict), and those of
 * `writeBackup` and `restoreOrg`.
 */
export async function restoreFile(ctx: Context, scope: Scope, file: string): Promise<Restored & { restore: Restore }> {
  const { orgId } = scope
  const source = await findSource(ctx, orgId, file)
  // A safety backup for each wrong file would drive out the good ones.
  await requireOrgBackup(source.file)
  await requireRoom(ctx, orgId)
  await runDeadJobs(ctx, exclusiveJobs, orgId)
  const { restore, lease } = await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, orgId)
    await requireIdle(tx, orgId)
    const { backupId, rows } = source
    const id = await addRestore(ctx, tx, { orgId, backupId, rows, createdBy: authorOf(scope) })
    const held = await holdJob(ctx, tx, restoreKey(id))
    return { restore: await requireRestoreIn(tx, scope, id), lease: held }
  })
  const restored = await workOn(ctx, lease, {
    work: (signal) => restoreFrom(ctx, { scope, signal }, restore, source),
    onFailed: (error) => failRestore(ctx, { scope }, restore.id, { error, name: source.name }),
  })
  return { ...restored, restore }
}

/** A file of the room is known as its backup, which then stays until the restore is over. */
async function findSource(ctx: Context, orgId: number, file: string): Promise<Source> {
  const path = await realpath(file).catch(() => undefined)
  if (path === undefined) throw new AppError('gone', 'backup_file_missing', 'There is no such file.')
  const elsewhere = { backupId: null, name: basename(path), file: path, rows: 0 }
  const isNamed = and(eq(backups.name, basename(path)), eq(backups.state, 'complete'))
  const [backup] = await selectBackups(ctx.db, { orgId }, isNamed)
  if (!backup) return elsewhere
  const folder = await realpath(pathOf(ctx, backup.slug, '')).catch(() => undefined)
  return folder === dirname(path) ? { ...elsewhere, backupId: backup.id, rows: backup.rows } : elsewhere
}
