import { and, eq } from 'drizzle-orm'
import { type AuditSubject, record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Tx } from '#db/database.ts'
import { GiveUp } from '#jobs/job.ts'
import { requireIn } from './backup.ts'
import { requireFile } from './download.ts'
import { keepProgress } from './progress.ts'
import { type Restored, restoreOrg } from './restore.ts'
import { type Restore, requireRestoreIn } from './restoring.ts'
import { subjectOf } from './subject.ts'
import { restores } from './tables.ts'
import { type Attempt, writeBackup } from './writing.ts'
import { failBackup } from './writing-failure.ts'

type Step = Pick<Restore, 'step' | 'rowsDone' | 'rows'>

/** What is restored: a backup of the room, or a file from elsewhere, which has no id. */
export type Source = Readonly<{ backupId: number | null; name: string; file: string; rows: number }>

/**
 * Carries out a `running` restore of a backup of the room. Nothing for one in another state, so that a second run never undoes
 * what was done since. Errors: those of `restoreFrom`.
 */
export async function runRestore(ctx: Context, attempt: Attempt, id: number): Promise<void> {
  const { scope } = attempt
  const restore = await requireRestoreIn(ctx.db, scope, id)
  if (restore.state !== 'running') return
  if (restore.backupId === null) throw new GiveUp('The backup was deleted.')
  const backup = await requireIn(ctx.db, scope, restore.backupId)
  const { name, rows } = backup
  await restoreFrom(ctx, attempt, restore, { backupId: backup.id, name, rows, file: await requireFile(ctx, backup) })
}

/**
 * The safety backup first, then the swap, in whose transaction the restore becomes `complete`. Errors: those of `writeBackup` and
 * `restoreOrg`.
 */
export async function restoreFrom(ctx: Context, attempt: Attempt, restore: Restore, source: Source): Promise<Restored> {
  const { scope, signal } = attempt
  const { id } = restore
  await writeStep(ctx, id, { step: 'saving', rowsDone: 0, rows: restore.rows })
  await saveFirst(ctx, attempt, restore)
  const subject = await subjectOf(ctx, restore, scope.actor)
  await using progress = keepProgress<Step>(ctx.clock, (step) => writeStep(ctx, id, step))
  let { rows } = source
  return await restoreOrg(ctx, scope, {
    ...{ file: source.file, signal },
    onStep(step, rowsDone, expected) {
      rows = expected
      progress.tell({ step, rowsDone, rows: expected })
    },
    inSwap: (tx) => completeRestore(ctx, tx, subject, { restore, source, rows }),
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

type Done = Readonly<{ restore: Restore; source: Source; rows: number }>

async function completeRestore(ctx: Context, tx: Tx, subject: AuditSubject, { restore, source, rows }: Done) {
  const set = { state: 'complete', step: 'ended', rowsDone: rows, rows, finishedAt: ctx.clock.now() } as const
  const done = await tx.update(restores).set(set).where(isRunning(restore.id)).returning({ id: restores.id })
  if (done.length === 0) throw new GiveUp('The restore has ended meanwhile.')
  const { backupId, name } = source
  const detail = { backup_id: backupId, name, safety_backup_id: restore.safetyBackupId, rows }
  await record(ctx, tx, subject, 'backup.restored', detail)
}

async function writeStep(ctx: Context, id: number, step: Step): Promise<void> {
  await ctx.db.update(restores).set(step).where(isRunning(id))
}

function isRunning(id: number) {
  return and(eq(restores.id, id), eq(restores.state, 'running'))
}
