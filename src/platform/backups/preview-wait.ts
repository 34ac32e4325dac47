import { and, eq, max } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { addMs, MINUTE_MS, SECOND_MS } from '#lib/clock.ts'
import { requireIn } from './backup.ts'
import { requireFile } from './download.ts'
import { previewRestore } from './preview.ts'
import { restores } from './tables.ts'

/** How long one request waits before it answers that the preview is still being made. */
export const WAIT_MS = 4 * SECOND_MS
/** The org goes on while somebody reads. */
export const FRESH_MS = MINUTE_MS
/** Each reads a whole backup; more would be felt by everybody else on this node. */
export const AT_ONCE_MAX = 4

type Changes = Awaited<ReturnType<typeof previewRestore>>
type Kept = {
  backupId: number
  restored: string
  asked: Promise<Changes>
  changes?: Changes
  madeAt?: Date
  isEnded: boolean
}

/** What a restore would change; without `changes` while that is found out. */
export type Preview = Readonly<{ changes?: Changes; madeAt?: Date }>

/** By context, so by node; one for each org. It is nothing but time that a node loses when it ends. */
const kept = new WeakMap<Context, Map<number, Kept>>()

/**
 * The rows that restoring a backup would add, change and remove, table by table. Nothing is written. It is made once and kept for
 * a minute, or until the org is restored; a request waits four seconds for it, and who asks again gets it when it is there. One at
 * a time for an org, four on a node. For `backup.edit`. Errors: `not_found`; `backup_not_complete` (conflict);
 * `backup_file_missing` (gone); `busy` (limited); those of `previewRestore`, once.
 */
export async function awaitPreview(ctx: Context, scope: Scope, id: number, waitMs = WAIT_MS): Promise<Preview> {
  const file = await requireFile(ctx, await requireIn(ctx.db, scope, id))
  const own = kept.get(ctx) ?? new Map<number, Kept>()
  kept.set(ctx, own)
  forgetStale(ctx, own)
  const restored = await lastRestored(ctx, scope)
  let entry = own.get(scope.orgId)
  const isOver = entry?.isEnded === true && entry.restored !== restored
  if (entry?.backupId !== id || isOver) {
    refuseAboveMost(own, scope.orgId)
    entry = start(ctx, scope, { id, file, restored })
    own.set(scope.orgId, entry)
  }
  const over = new AbortController()
  try {
    await Promise.race([entry.asked, ctx.clock.sleep(waitMs, over.signal)])
  } catch (error) {
    own.delete(scope.orgId)
    throw error
  } finally {
    over.abort()
  }
  const { changes, madeAt } = entry
  return changes && madeAt ? { changes, madeAt } : {}
}

/** Which restore of the org was the last one to end: what was found out before it holds no more. */
async function lastRestored({ db }: Context, { orgId }: Scope): Promise<string> {
  const isEnded = and(eq(restores.orgId, orgId), eq(restores.state, 'complete'))
  const [row] = await db
    .select({ id: max(restores.id) })
    .from(restores)
    .where(isEnded)
  return String(row?.id)
}

type Asked = Readonly<{ id: number; file: string; restored: string }>

function start(ctx: Context, scope: Scope, { id, file, restored }: Asked): Kept {
  const asked = previewRestore(ctx, scope, file)
  const entry: Kept = { backupId: id, restored, asked, isEnded: false }
  asked.then(
    (changes) => Object.assign(entry, { changes, madeAt: ctx.clock.now(), isEnded: true }),
    () => Object.assign(entry, { isEnded: true }),
  )
  return entry
}

/** What failed is told to whoever waits, and to the next who asks; then it is tried anew. */
function forgetStale(ctx: Context, own: Map<number, Kept>): void {
  const since = addMs(ctx.clock.now(), -FRESH_MS)
  for (const [orgId, { madeAt }] of own) if (madeAt !== undefined && madeAt < since) own.delete(orgId)
}

function refuseAboveMost(own: Map<number, Kept>, orgId: number): void {
  const running = [...own].filter(([, { isEnded }]) => !isEnded)
  const isOwnRunning = running.some(([of]) => of === orgId)
  if (!isOwnRunning && running.length < AT_ONCE_MAX) return
  const words = isOwnRunning ? 'Another backup is being compared.' : 'Other backups are being compared.'
  throw new AppError('limited', 'busy', `${words} Try again in a moment.`, { retry_after: 5 })
}
