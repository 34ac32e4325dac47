import { and, eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { enqueueAdminMail } from '#core/mail/admins.ts'
import type { Actor } from '#core/scope.ts'
import { wordsOf } from './subject.ts'
import { backups } from './tables.ts'
import type { UploadPlace } from './upload.ts'

/** The row shows the last words of the store while the queue goes on trying. */
export async function noteUploadTrouble(ctx: Context, place: UploadPlace, error: unknown): Promise<void> {
  await ctx.db
    .update(backups)
    .set({ uploadError: troubleOf(error) })
    .where(isIt(place))
}

/** Nobody tries any more: the row and the log keep the words, and the admins get them by mail. */
export async function failUpload(ctx: Context, place: UploadPlace, actor: Actor, error: unknown): Promise<void> {
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

function isIt({ orgId, id }: UploadPlace) {
  return and(eq(backups.id, id), eq(backups.orgId, orgId))
}
