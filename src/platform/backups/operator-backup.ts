import { rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { runDeadJobs } from '#jobs/dead-jobs.ts'
import { holdJob, workOn } from '#jobs/held-job.ts'
import { type Backup, beginBackup, requireIn } from './backup.ts'
import { createKey } from './begin.ts'
import { requireFile } from './download.ts'
import { exclusiveJobs } from './exclusive-jobs.ts'
import { exportOrg } from './export.ts'
import { requireRoom } from './room.ts'
import { writeBackup } from './writing.ts'
import { failBackup } from './writing-failure.ts'

/**
 * Makes a backup in this process, with or without a server beside it, and answers with it and its file when it is complete. For
 * the operator. When the process dies, a server makes it anew. Errors: those of `createBackup` and `writeBackup`.
 */
export async function makeBackup(ctx: Context, scope: Scope): Promise<Backup & { path: string }> {
  await requireRoom(ctx, scope.orgId)
  await runDeadJobs(ctx, exclusiveJobs, scope.orgId)
  const { id, lease } = await ctx.db.transaction(async (tx) => {
    const begun = await beginBackup(ctx, tx, scope)
    return { id: begun, lease: await holdJob(ctx, tx, createKey(begun)) }
  })
  await workOn(ctx, lease, {
    work: (signal) => writeBackup(ctx, { scope, signal }, id),
    onFailed: (error) => failBackup(ctx, { scope }, id, error),
  })
  const backup = await requireIn(ctx.db, scope, id)
  return { ...backup, path: await requireFile(ctx, backup) }
}

/**
 * Writes a backup of the org to a file that is none of the room's, and answers what `exportOrg` does. For the operator. The log
 * tells that somebody took it: whoever reads there who had the org's data finds this beside the downloads. Errors: those of
 * `exportOrg`.
 */
export async function writeCopy(ctx: Context, scope: Scope, file: string) {
  const written = await exportOrg(ctx, scope, { file })
  const detail = { backup_id: null, name: basename(file) }
  try {
    await ctx.db.transaction((tx) => record(ctx, tx, scope, 'backup.downloaded', detail))
  } catch (error) {
    await rm(file, { force: true })
    throw error
  }
  return written
}
