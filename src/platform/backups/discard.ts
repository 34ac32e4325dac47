import { rm } from 'node:fs/promises'
import { and, eq, ne } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import type { Tx } from '#db/database.ts'
import { pathOf } from './folder.ts'
import { backups } from './tables.ts'

export const DISCARD_KIND = 'backup.discard'

/** A file whose row is gone. */
export type Discarded = Readonly<{ orgId: number; slug: string; name: string }>

/** Makes sure that the file goes, too, in the transaction that deletes its row. */
export async function discardLater(ctx: Context, tx: Tx, { orgId, slug, name }: Discarded): Promise<void> {
  await ctx.jobs.enqueue(tx, { kind: DISCARD_KIND, orgId, payload: { slug, name } })
}

/** Removes the file, unless a backup bears its name by now: one of the same second, that is. A failed one has no file. */
export async function discardFile(ctx: Context, { orgId, slug, name }: Discarded): Promise<void> {
  const named = await ctx.db.$count(
    backups,
    and(eq(backups.orgId, orgId), eq(backups.name, name), ne(backups.state, 'failed')),
  )
  if (named === 0) await rm(pathOf(ctx, slug, name), { force: true })
}

/** The same at once, after the commit: whoever deletes a backup finds it gone. What fails here is the queue's to try again. */
export async function discardNow(ctx: Context, discarded: Discarded): Promise<void> {
  await discardFile(ctx, discarded).catch((error) => ctx.log.warn('a deleted backup is still on disk', { error }))
}
