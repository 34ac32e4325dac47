import { and, eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Tx } from '#db/database.ts'
import { freeName } from './name.ts'
import { backups, restores } from './tables.ts'

export const CREATE_KIND = 'backup.create'
export const RESTORE_KIND = 'backup.restore'

type NewBackup = Readonly<{ orgId: number; kind: 'manual' | 'scheduled' | 'safety'; createdBy: number | null }>

/**
 * Writes the row of a backup to make, with the org's row locked; a job for it, too, but for a safety backup, which its restore
 * makes itself. The id comes back. That an org has one at a time is the row's doing, and not the queue's: a job still
 * counts as unfinished for a moment after its backup is complete.
 */
export async function addBackup(ctx: Context, tx: Tx, backup: NewBackup): Promise<number> {
  const createdAt = ctx.clock.now()
  const name = await freeName(tx, backup.orgId, createdAt)
  const [row] = await tx
    .insert(backups)
    .values({ ...backup, name, state: 'running', createdAt })
    .returning({ id: backups.id })
  if (!row) throw new Error('a backup was not added')
  if (backup.kind !== 'safety') {
    const uniqueKey = createKey(row.id)
    await ctx.jobs.enqueue(tx, { kind: CREATE_KIND, orgId: backup.orgId, payload: { backupId: row.id }, uniqueKey })
  }
  return row.id
}

type NewRestore = Readonly<{ orgId: number; backupId: number | null; rows: number; createdBy: number | null }>

/** Writes the rows of a restore and of its safety backup, and the restore's job, with the org's row locked. The id comes back. */
export async function addRestore(ctx: Context, tx: Tx, restore: NewRestore): Promise<number> {
  const { orgId, createdBy } = restore
  const safetyBackupId = await addBackup(ctx, tx, { orgId, kind: 'safety', createdBy })
  const [row] = await tx
    .insert(restores)
    .values({ ...restore, safetyBackupId, state: 'running', step: 'waiting', createdAt: ctx.clock.now() })
    .returning({ id: restores.id })
  if (!row) throw new Error('a restore was not added')
  const job = { kind: RESTORE_KIND, orgId, payload: { restoreId: row.id } }
  await ctx.jobs.enqueue(tx, { ...job, uniqueKey: restoreKey(row.id) })
  return row.id
}

/** What the job of a backup goes by while it is unfinished. */
export function createKey(id: number): string {
  return `${CREATE_KIND}:${id}`
}

/** What the job of a restore goes by while it is unfinished. */
export function restoreKey(id: number): string {
  return `${RESTORE_KIND}:${id}`
}

/** Refuses while the org is being backed up or restored. Its row is locked. Errors (conflict): `restore_running`, `backup_running`. */
export async function requireIdle(tx: Tx, orgId: number): Promise<void> {
  if ((await tx.$count(restores, and(eq(restores.orgId, orgId), eq(restores.state, 'running')))) > 0) {
    throw new AppError('conflict', 'restore_running', 'A backup is being restored. Wait until it ends.')
  }
  if ((await tx.$count(backups, and(eq(backups.orgId, orgId), eq(backups.state, 'running')))) > 0) {
    throw new AppError('conflict', 'backup_running', 'A backup is being made already. Wait until it ends.')
  }
}
