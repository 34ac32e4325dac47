import { createReadStream } from 'node:fs'
import { and, eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import type { Tx } from '#db/database.ts'
import { findBackup } from './backup.ts'
import { requireFile } from './download.ts'
import { findStore, putObject } from './object-store.ts'
import { findRow } from './settings.ts'
import { storeOf } from './store-settings.ts'
import { backups } from './tables.ts'

export const UPLOAD_KIND = 'backup.upload'

/** The backup that is copied. */
export type UploadPlace = Readonly<{ orgId: number; id: number }>

/** Sees to it that a complete backup is copied to the org's object store, where there is one, in the transaction that completes it. */
export async function enqueueUpload(ctx: Context, tx: Tx, { orgId, id }: UploadPlace): Promise<void> {
  const row = await findRow(tx, orgId)
  if (!row || storeOf(row) === null) return
  const uniqueKey = `${UPLOAD_KIND}:${id}`
  await ctx.jobs.enqueue(tx, { kind: UPLOAD_KIND, orgId, payload: { backupId: id }, uniqueKey })
}

/**
 * Copies a backup to the object store and marks it; nothing for one that is deleted, and without a store. A second run writes the
 * same object again. Errors: those of `putObject`, `backup_file_missing`, `secret_unreadable`.
 */
export async function uploadBackup(ctx: Context, place: UploadPlace, signal: AbortSignal): Promise<void> {
  const backup = await findBackup(ctx, place, place.id)
  const store = backup && (await findStore(ctx, place.orgId))
  if (!backup || !store || backup.sha256 === null) return
  const { slug, name, bytes, sha256 } = backup
  const stream = createReadStream(await requireFile(ctx, backup))
  try {
    await putObject(ctx, store, { key: `${slug}/${name}`, bytes, sha256, stream }, signal)
  } finally {
    stream.destroy()
  }
  const set = { uploadedAt: ctx.clock.now(), uploadError: null }
  await ctx.db.update(backups).set(set).where(isIt(place))
}

function isIt({ orgId, id }: UploadPlace) {
  return and(eq(backups.id, id), eq(backups.orgId, orgId))
}
