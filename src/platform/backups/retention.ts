import { and, desc, eq, inArray, ne, notExists, or, type SQL } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import type { Tx } from '#db/database.ts'
import { selectBackups } from './backup.ts'
import { type Discarded, discardLater } from './discard.ts'
import { backups, restores } from './tables.ts'

/** Complete ones that somebody asked for or the schedule made. */
export const KEPT_MAX = 20
/** What restores fell back to is kept apart, so that it drives out no other. */
export const SAFETY_KEPT_MAX = 5
/** Failed ones have no file; a few tell the story. */
export const FAILED_KEPT_MAX = 20

/**
 * Deletes the rows of an org's oldest backups beyond what is kept of their sort, and comes back with their files, which go after the
 * commit. One that is being made, or that a running restore uses, stays and counts. The org's row is locked.
 */
export async function pruneBackups(ctx: Context, tx: Tx, orgId: number): Promise<Discarded[]> {
  const isComplete = eq(backups.state, 'complete')
  const gone = [
    ...(await pruneSort(tx, orgId, and(isComplete, ne(backups.kind, 'safety')), KEPT_MAX)),
    ...(await pruneSort(tx, orgId, and(isComplete, eq(backups.kind, 'safety')), SAFETY_KEPT_MAX)),
    ...(await pruneSort(tx, orgId, eq(backups.state, 'failed'), FAILED_KEPT_MAX)),
  ]
  for (const discarded of gone) await discardLater(ctx, tx, discarded)
  return gone
}

async function pruneSort(tx: Tx, orgId: number, isOfSort: SQL | undefined, keptMax: number): Promise<Discarded[]> {
  const found = await selectBackups(tx, { orgId }, isOfSort).orderBy(desc(backups.id))
  const surplus = found.slice(keptMax).map(({ id }) => id)
  if (surplus.length === 0) return []
  const using = tx
    .select({ id: restores.id })
    .from(restores)
    .where(
      and(
        eq(restores.state, 'running'),
        or(eq(restores.backupId, backups.id), eq(restores.safetyBackupId, backups.id)),
      ),
    )
  const deleted = await tx
    .delete(backups)
    .where(and(inArray(backups.id, surplus), notExists(using)))
    .returning({ id: backups.id })
  const ids = new Set(deleted.map(({ id }) => id))
  return found.filter(({ id }) => ids.has(id))
}
