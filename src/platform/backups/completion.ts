import { and, eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import type { Actor } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { lockRow } from '#db/database.ts'
import type { Backup } from './backup.ts'
import { discardNow } from './discard.ts'
import type { exportOrg } from './export.ts'
import { pruneBackups } from './retention.ts'
import { subjectOf } from './subject.ts'
import { backups } from './tables.ts'
import { enqueueUpload } from './upload.ts'

type Written = Awaited<ReturnType<typeof exportOrg>>

/** A running backup whose file is in its place is `complete`: it is told, copied, and drives out the oldest. */
export async function completeBackup(ctx: Context, backup: Backup, written: Written, actor: Actor): Promise<void> {
  const { id, orgId, name, kind } = backup
  const { manifest, bytes, sha256 } = written
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
  const subject = await subjectOf(ctx, backup, actor)
  const pruned = await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, orgId)
    const set = { rows, rowsDone: rows, bytes, sha256, tables: manifest.tables.length, files: manifest.files.length }
    const done = await tx
      .update(backups)
      .set({ ...set, state: 'complete', error: null, finishedAt: ctx.clock.now() })
      .where(isRunning(id))
      .returning({ id: backups.id })
    if (done.length === 0) return []
    await record(ctx, tx, subject, 'backup.created', { backup_id: id, name, kind, rows, bytes })
    if (kind !== 'safety') await enqueueUpload(ctx, tx, backup)
    return await pruneBackups(ctx, tx, orgId)
  })
  for (const gone of pruned) await discardNow(ctx, gone)
}

function isRunning(id: number) {
  return and(eq(backups.id, id), eq(backups.state, 'running'))
}
