import { and, eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { GiveUp } from '#jobs/job.ts'
import { requireRestoreIn } from './restoring.ts'
import { subjectOf, wordsOf } from './subject.ts'
import { restores } from './tables.ts'
import type { Attempt } from './writing.ts'
import { failBackup } from './writing-failure.ts'

type Failure = Readonly<{ error: unknown; name?: string }>

/**
 * It will not be tried again; nothing was changed. The row and the log keep the words, and so does an unfinished safety backup.
 * `name` is that of a file from elsewhere.
 */
export async function failRestore(
  ctx: Context,
  { scope }: Omit<Attempt, 'signal'>,
  id: number,
  { error, name = '' }: Failure,
): Promise<void> {
  const restore = await requireRestoreIn(ctx.db, scope, id)
  const words = wordsOf(error, 'The restore was cut short.')
  if (restore.safetyBackupId !== null) {
    await failBackup(ctx, { scope }, restore.safetyBackupId, new GiveUp('The restore that asked for it failed.'))
  }
  const subject = await subjectOf(ctx, restore, scope.actor)
  await ctx.db.transaction(async (tx) => {
    const failed = await tx
      .update(restores)
      .set({ state: 'failed', step: 'ended', error: words, finishedAt: ctx.clock.now() })
      .where(and(eq(restores.id, id), eq(restores.state, 'running')))
      .returning({ id: restores.id })
    if (failed.length === 0) return
    const detail = { backup_id: restore.backupId, name: restore.name ?? name, error: words }
    await record(ctx, tx, subject, 'backup.restore_failed', detail)
  })
}
