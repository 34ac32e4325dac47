import { and, eq } from 'drizzle-orm'
import { type AuditSubject, record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import type { Tx } from '#db/database.ts'
import { GiveUp } from '#jobs/job.ts'
import { type Backup, requireIn } from './backup.ts'
import { requireFile } from './download.ts'
import { keepProgress } from './progress.ts'
import { restoreOrg } from './restore.ts'
import { type Restore, requireRestoreIn } from './restoring.ts'
import { subjectOf, wordsOf } from './subject.ts'
import { restores } from './tables.ts'
import { writeBackup } from './writing.ts'
import { failBackup } from './writing-failure.ts'

type Attempt = Readonly<{ scope: Scope; jobId: string; signal: AbortSignal }>
type Step = Pick<Restore, 'step' | 'rowsDone' | 'rows'>

/**
 * Carries out a `running` restore: the safety backup first, then the swap, in whose transaction the restore becomes `complete`.
 * Nothing for one in another state, so that a second run never undoes what was done since. Errors: those of `writeBackup` and
 * `restoreOrg`.
 */
export async function runRestore(ctx: Context, attempt: Attempt, id: number): Promise<void> {
  const { scope, jobId } = attempt
  const restore = await requireRestoreIn(ctx.db, scope, id)
  if (restore.state !== 'running') return
  if (restore.backupId === null) throw new GiveUp('The backup was deleted.')
  const backup = await requireIn(ctx.db, scope, restore.backupId)
  await writeStep(ctx, id, { step: 'saving', rowsDone: 0, rows: restore.rows })
  await saveFirst(ctx, attempt, restore)
  const subject = await subjectOf(ctx, restore, jobId)
  await using progress = keepProgress<Step>(ctx.clock, (step) => writeStep(ctx, id, step))
  let rows = backup.rows
  await restoreOrg(ctx, scope, {
    file: await requireFile(ctx, backup),
    signal: attempt.signal,
    onStep(step, rowsDone, expected) {
      rows = expected
      progress.tell({ step, rowsDone, rows: expected })
    },
    inSwap: (tx) => completeRestore(ctx, tx, subject, { restore, backup, rows }),
  })
}

/** It will not be tried again; nothing was changed. The row and the log keep the words, and so does an unfinished safety backup. */
export async function failRestore(ctx: Context, { scope, jobId }: Omit<Attempt, 'signal'>, id: number, error: unknown) {
  const restore = await requireRestoreIn(ctx.db, scope, id)
  const words = wordsOf(error, 'The restore was cut short.')
  if (restore.safetyBackupId !== null) {
    await failBackup(ctx, { scope, jobId }, restore.safetyBackupId, new GiveUp('The restore that asked for it failed.'))
  }
  const subject = await subjectOf(ctx, restore, jobId)
  await ctx.db.transaction(async (tx) => {
    const failed = await tx
      .update(restores)
      .set({ state: 'failed', step: 'ended', error: words, finishedAt: ctx.clock.now() })
      .where(isRunning(id))
      .returning({ id: restores.id })
    if (failed.length === 0) return
    const detail = { backup_id: restore.backupId, name: restore.name ?? '', error: words }
    await record(ctx, tx, subject, 'backup.restore_failed', detail)
  })
}

/** Whoever restores the wrong backup can go back. Without that there is no restore. */
async function saveFirst(ctx: Context, attempt: Attempt, { safetyBackupId }: Restore): Promise<void> {
  if (safetyBackupId === null) throw new GiveUp('The safety backup was deleted.')
  try {
    await writeBackup(ctx, attempt, safetyBackupId)
  } catch (error) {
    if (error instanceof AppError) await failBackup(ctx, attempt, safetyBackupId, error)
    throw error
  }
  const safety = await requireIn(ctx.db, attempt.scope, safetyBackupId)
  if (safety.state !== 'complete') throw new GiveUp(safety.error ?? 'The safety backup could not be made.')
}

type Done = Readonly<{ restore: Restore; backup: Backup; rows: number }>

async function completeRestore(ctx: Context, tx: Tx, subject: AuditSubject, { restore, backup, rows }: Done) {
  const set = { state: 'complete', step: 'ended', rowsDone: rows, rows, finishedAt: ctx.clock.now() } as const
  const done = await tx.update(restores).set(set).where(isRunning(restore.id)).returning({ id: restores.id })
  if (done.length === 0) throw new GiveUp('The restore has ended meanwhile.')
  const detail = { backup_id: backup.id, name: backup.name, safety_backup_id: restore.safetyBackupId, rows }
  await record(ctx, tx, subject, 'backup.restored', detail)
}

async function writeStep(ctx: Context, id: number, step: Step): Promise<void> {
  await ctx.db.update(restores).set(step).where(isRunning(id))
}

function isRunning(id: number) {
  return and(eq(restores.id, id), eq(restores.state, 'running'))
}
