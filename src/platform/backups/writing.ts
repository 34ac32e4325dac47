import { chmod, rename, rm } from 'node:fs/promises'
import { and, eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { enqueueAdminMail } from '#core/mail/admins.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { lockRow } from '#db/database.ts'
import { type Backup, requireIn } from './backup.ts'
import { discardLater, discardNow } from './discard.ts'
import { exportOrg } from './export.ts'
import { makeFolder, partOf, pathOf, removeParts } from './folder.ts'
import { keepProgress, type Progress } from './progress.ts'
import { pruneBackups } from './retention.ts'
import { requireRoom } from './room.ts'
import { subjectOf, wordsOf } from './subject.ts'
import { backups } from './tables.ts'
import { enqueueUpload } from './upload.ts'

type Attempt = Readonly<{ scope: Scope; jobId: string; signal: AbortSignal }>
type Written = Awaited<ReturnType<typeof exportOrg>>

const PRIVATE_FILE = 0o600

/**
 * Writes the file of a `running` backup and makes it `complete`; nothing for one in another state. What an attempt that was cut
 * short left behind goes first, and nobody sees the file before it is whole. Errors: `disk_full`, and those of `exportOrg`.
 */
export async function writeBackup(ctx: Context, { scope, jobId, signal }: Attempt, id: number): Promise<void> {
  const backup = await requireIn(ctx.db, scope, id)
  if (backup.state !== 'running') return
  const { slug, name } = backup
  await makeFolder(ctx, slug)
  await removeParts(ctx, slug, name)
  await requireRoom(ctx, scope.orgId)
  const part = partOf(ctx, slug, name, ctx.random.uuid())
  try {
    const written = await exportTo(ctx, scope, backup, { file: part, signal })
    await chmod(part, PRIVATE_FILE)
    signal.throwIfAborted()
    await rename(part, pathOf(ctx, slug, name))
    await completeBackup(ctx, backup, written, jobId)
  } finally {
    await rm(part, { force: true })
  }
}

/** Nobody tries any more: the row and the log keep the words, and the admins hear of one that nobody waits for. */
export async function failBackup(ctx: Context, { scope, jobId }: Omit<Attempt, 'signal'>, id: number, error: unknown) {
  const backup = await requireIn(ctx.db, scope, id)
  await removeParts(ctx, backup.slug, backup.name)
  const words = wordsOf(error, 'The backup could not be written.')
  const subject = await subjectOf(ctx, backup, jobId)
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

async function exportTo(ctx: Context, scope: Scope, { id }: Backup, to: { file: string; signal: AbortSignal }) {
  await using progress = keepProgress<Progress>(ctx.clock, (told) =>
    ctx.db.update(backups).set(told).where(isRunning(id)),
  )
  return await exportOrg(ctx, scope, { ...to, onProgress: (rowsDone, rows) => progress.tell({ rowsDone, rows }) })
}

async function completeBackup(ctx: Context, backup: Backup, written: Written, jobId: string): Promise<void> {
  const { id, orgId, name, kind } = backup
  const { manifest, bytes, sha256 } = written
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
  const subject = await subjectOf(ctx, backup, jobId)
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
