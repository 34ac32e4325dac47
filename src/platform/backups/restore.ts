import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import type { Tx } from '#db/database.ts'
import { makeOutcomes } from './outcomes.ts'
import { isRestored, makePlan } from './plan.ts'
import { enqueueFiles, finishFiles } from './restored-files.ts'
import { assertSound } from './sound-rows.ts'
import { stageBackup } from './staging.ts'
import { clearStaleWork } from './stale-work.ts'
import { swapRows } from './swap.ts'

const TRIES_MAX = 3

export type RestoreOptions = Readonly<{
  /** The backup. */
  file: string
  onStep?: (step: 'loading' | 'swapping', rowsDone: number, rows: number) => void
  signal?: AbortSignal
  /** Between loading and swapping; when it rejects, nothing has changed. */
  beforeSwap?: () => Promise<void>
  /** In the transaction of the swap, at its end: for the audit row. */
  inSwap?: (tx: Tx) => Promise<void>
}>

export type Restored = Readonly<{ rows: number; tables: number }>

/**
 * Puts the rows and files of a backup in the place of those of the scope's org: all or nothing, whenever it is stopped or killed.
 * For `org.admin`, which its caller asks for. The backup is read whole and found sound first; others work on meanwhile, and wait
 * only for the swap. Revives nothing revoked, takes `org.admin` from nobody, and changes no account: docs/restore.md says what it
 * does to each kind of row. Answers how many rows of how many tables came from the backup. Errors: those of `openBackup`;
 * `archive_invalid`, `backup_of_instance` (invalid), `backup_older`, `last_admin`, `restore_busy` (conflict),
 * `backup_file_missing` (gone), `not_found` for an org that is gone.
 */
export async function restoreOrg(
  ctx: Context,
  scope: Pick<Scope, 'orgId'>,
  options: RestoreOptions,
): Promise<Restored> {
  await clearStaleWork(ctx)
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    const restored = await tryRestore(ctx, scope, options)
    if (restored) return restored
  }
  const words =
    'The organization changed while the backup was restored, again and again. Nothing was restored: try later.'
  throw new AppError('conflict', 'restore_busy', words)
}

/** Undefined when the org changed meanwhile in a way that the rows of the backup collide with. */
async function tryRestore(
  ctx: Context,
  { orgId }: Pick<Scope, 'orgId'>,
  { file, onStep = () => {}, signal, beforeSwap, inSwap }: RestoreOptions,
): Promise<Restored | undefined> {
  await using staging = await stageBackup(ctx, file, {
    ...{ isWanted: isRestored, keepsFiles: true, signal },
    onRows: (done, rows) => onStep('loading', done, rows),
  })
  const plan = await makePlan(staging, orgId, { isTrial: false, signal })
  await assertSound(plan)
  const outcomes = await makeOutcomes(ctx, plan)
  const rows = plan.tables.reduce((sum, table) => sum + table.rows, 0)
  await beforeSwap?.()
  signal?.throwIfAborted()
  const files = { orgId, folder: staging.folder.id }
  onStep('swapping', 0, rows)
  const isDone = await swapRows(ctx, plan, {
    outcomes,
    onRows: (done) => onStep('swapping', done, rows),
    async inSwap(tx) {
      await enqueueFiles(ctx, tx, files)
      await inSwap?.(tx)
    },
  })
  if (!isDone) return undefined
  staging.folder.handOver()
  await finishFiles(ctx, files).catch((error: unknown) => {
    // The rows are in: the job that was added with them does it again.
    ctx.log.error('the files of a restore are not in their place yet', { org: orgId, error })
  })
  return { rows, tables: plan.tables.length }
}
