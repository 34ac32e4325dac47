import { createReadStream } from 'node:fs'
import { and, eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { enqueueAdminMail } from '#core/mail/admins.ts'
import type { Actor } from '#core/scope.ts'
import type { Tx } from '#db/database.ts'
import { findBackup } from './backup.ts'
import { requireFile } from './download.ts'
import { findStore, putObject } from './object-store.ts'
import { findRow } from './settings.ts'
import { storeOf } from './store-settings.ts'
import { wordsOf } from './subject.ts'
import { backups } from './tables.ts'

export const UPLOAD_KIND = 'backup.upload'

type Place = Readonly<{ orgId: number; id: number }>

/** Sees to it that a complete backup is copied to the org's object store, where there is one, in the transaction that completes it. */
export async function enqueueUpload(ctx: Context, tx: Tx, { orgId, id }: Place): Promise<void> {
  const row = await findRow(tx, orgId)
  if (!row || storeOf(row) === null) return
  const uniqueKey = `${UPLOAD_KIND}:${id}`
  await ctx.jobs.enqueue(tx, { kind: UPLOAD_KIND, orgId, payload: { backupId: id }, uniqueKey })
}

/**
 * Copies a backup to the object store and marks it; nothing for one that is deleted, and without a store. A second run writes the
 * same object again. Errors: those of `putObject`, `backup_file_missing`, `secret_unreadable`.
 */
export async function uploadBackup(ctx: Context, place: Place, signal: AbortSignal): Promise<void> {
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

/** The row shows the last words of the store while the queue goes on trying. */
export async function noteUploadTrouble(ctx: Context, place: Place, error: unknown): Promise<void> {
  await ctx.db
    .update(backups)
    .set({ uploadError: troubleOf(error) })
    .where(isIt(place))
}

/** Nobody tries any more: the row and the log keep the words, and the admins get them by mail. */
export async function failUpload(ctx: Context, place: Place, actor: Actor, error: unknown): Promise<void> {
  const words = troubleOf(error)
  await ctx.db.transaction(async (tx) => {
    const [row] = await tx
      .update(backups)
      .set({ uploadError: words })
      .where(isIt(place))
      .returning({ name: backups.name })
    if (!row) return
    const detail = { backup_id: place.id, name: row.name, error: words }
    await record(ctx, tx, { orgId: place.orgId, actor }, 'backup.upload_failed', detail)
    await enqueueAdminMail(ctx, tx, place.orgId, {
      subject: 'a backup could not be copied to the object store',
      lines: [
        `The backup ${row.name} is made, but its copy is not: ${words}`,
        'Look at the object store, and test it.',
      ],
      linkPath: '/backups',
    })
  })
}

function troubleOf(error: unknown): string {
  return wordsOf(error, 'The copy was cut short.')
}

function isIt({ orgId, id }: Place) {
  return and(eq(backups.id, id), eq(backups.orgId, orgId))
}
