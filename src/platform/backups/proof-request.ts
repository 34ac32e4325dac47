import { desc, eq, isNull, lt, max, or } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { addMs, HOUR_MS } from '#lib/clock.ts'
import { authorOf, type Backup, requireIn } from './backup.ts'
import { requireFile } from './download.ts'
import { backups } from './tables.ts'

export const PROVE_KIND = 'backup.prove'
/** A proof of the night before counts; one of this night need not be made again when the job starts anew. */
export const PROVEN_AGAIN_MS = 20 * HOUR_MS

/**
 * Asks for the proof that a backup can be restored; its result comes to the backup. For `backup.edit`. Errors: `not_found`,
 * `backup_not_complete` (conflict), `backup_file_missing` (gone).
 */
export async function requestProof(ctx: Context, scope: Scope, id: number): Promise<Backup> {
  await requireFile(ctx, await requireIn(ctx.db, scope, id))
  return await ctx.db.transaction(async (tx) => {
    const uniqueKey = `${PROVE_KIND}:${id}`
    await ctx.jobs.enqueue(tx, {
      kind: PROVE_KIND,
      orgId: scope.orgId,
      payload: { backupId: id, askedBy: authorOf(scope) },
      uniqueKey,
    })
    return await requireIn(tx, scope, id)
  })
}

/** The newest complete backup of each org, where it was not proven in the last 20 hours. For the clock. */
export async function listUnproven(ctx: Context): Promise<{ id: number; orgId: number }[]> {
  const newest = ctx.db
    .select({ newestId: max(backups.id).as('newest_id') })
    .from(backups)
    .where(eq(backups.state, 'complete'))
    .groupBy(backups.orgId)
    .as('newest')
  const isDue = or(isNull(backups.provenAt), lt(backups.provenAt, addMs(ctx.clock.now(), -PROVEN_AGAIN_MS)))
  return await ctx.db
    .select({ id: backups.id, orgId: backups.orgId })
    .from(backups)
    .innerJoin(newest, eq(newest.newestId, backups.id))
    .where(isDue)
    .orderBy(desc(backups.id))
}
