import { and, eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { enqueueAdminMail } from '#core/mail/admins.ts'
import { type Backup, requireIn } from './backup.ts'
import { discardLater } from './discard.ts'
import { removeParts } from './folder.ts'
import { subjectOf, wordsOf } from './subject.ts'
import { backups } from './tables.ts'
import type { Attempt } from './writing.ts'

/** Nobody tries any more: the row and the log keep the words, and the admins hear of one that nobody waits for. */
export async function failBackup(ctx: Context, { scope }: Omit<Attempt, 'signal'>, id: number, error: unknown) {
  const backup = await requireIn(ctx.db, scope, id)
  await removeParts(ctx, backup.slug, backup.name)
  const words = wordsOf(error, 'The backup could not be written.')
  const subject = await subjectOf(ctx, backup, scope.actor)
  await ctx.db.transaction(async (tx) => {
    const failed = await tx
      .update(backups)
      .set({ state: 'failed', error: words, finishedAt: ctx.clock.now() })
      .where(isRunning(id))
      .returning({ id: backups.id })
    if (failed.length === 0) return
    await discardLater(ctx, tx, backup)
    await record(ctx, tx, subject, 'backup.failed', { backup_id: id, name: backup.name, error: words })
    if (backup.kind === 'scheduled') await enqueueAdminMail(ctx, tx, scope.orgId, failureNotice(backup, words))
  })
}

function failureNotice({ name }: Backup, words: string) {
  return {
    subject: 'a scheduled backup failed',
    lines: [`The backup ${name} could not be made: ${words}`, 'The next one is tried when its time comes.'],
    linkPath: '/backups',
  }
}

function isRunning(id: number) {
  return and(eq(backups.id, id), eq(backups.state, 'running'))
}
