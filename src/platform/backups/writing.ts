import { chmod, rename, rm } from 'node:fs/promises'
import { and, eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { type Backup, requireIn } from './backup.ts'
import { completeBackup } from './completion.ts'
import { exportOrg } from './export.ts'
import { makeFolder, partOf, pathOf, removeParts } from './folder.ts'
import { keepProgress, type Progress } from './progress.ts'
import { requireRoom } from './room.ts'
import { backups } from './tables.ts'

/** One try. */
export type Attempt = Readonly<{ scope: Scope; signal: AbortSignal }>

const PRIVATE_FILE = 0o600

/**
 * Writes the file of a `running` backup and makes it `complete`; nothing for one in another state. What an attempt that was cut
 * short left behind goes first, and nobody sees the file before it is whole. Errors: `disk_full`, and those of `exportOrg`.
 */
export async function writeBackup(ctx: Context, { scope, signal }: Attempt, id: number): Promise<void> {
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
    await completeBackup(ctx, backup, written, scope.actor)
  } finally {
    await rm(part, { force: true })
  }
}

async function exportTo(ctx: Context, scope: Scope, { id }: Backup, to: { file: string; signal: AbortSignal }) {
  await using progress = keepProgress<Progress>(ctx.clock, (told) =>
    ctx.db.update(backups).set(told).where(isRunning(id)),
  )
  return await exportOrg(ctx, scope, { ...to, onProgress: (rowsDone, rows) => progress.tell({ rowsDone, rows }) })
}

function isRunning(id: number) {
  return and(eq(backups.id, id), eq(backups.state, 'running'))
}
