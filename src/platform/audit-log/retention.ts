import { asc, inArray, lt, sql } from 'drizzle-orm'
import { type AuditSubject, record } from '#core/audit/record.ts'
import { auditLog, auditRetention } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import type { Tx } from '#db/database.ts'
import { addMs, DAY_MS } from '#lib/clock.ts'
import { endOfTurn } from '#lib/turn.ts'

/** Few enough that whoever writes meanwhile waits for a moment only. */
export const TRIMMED_AT_ONCE_MAX = 500
const ROW = 1

/**
 * Deletes what is older than `AUDIT_RETENTION_DAYS`, of every org and of the install, and tells so in one `audit.trimmed` of the
 * install when there was any; for the clock. Stopped in the middle, the next run goes on and counts on. Answers how many went.
 * The log is the outbox, too: a consumer that lags behind for longer than the retention has missed what went.
 */
export async function trimAuditLog(
  ctx: Context,
  actor: AuditSubject['actor'],
  signal: AbortSignal = new AbortController().signal,
): Promise<number> {
  const cutoff = addMs(ctx.clock.now(), -ctx.config.auditRetentionDays * DAY_MS)
  for (;;) {
    signal.throwIfAborted()
    const deleted = await ctx.db.transaction((tx) => trimSome(ctx, tx, actor, cutoff))
    if (deleted !== undefined) return deleted
    // SQLite answers within the turn: without a pause nobody else would get one before the end.
    await endOfTurn()
  }
}

/** One batch; the last one answers how many went in all of them. */
async function trimSome(ctx: Context, tx: Tx, actor: AuditSubject['actor'], cutoff: Date): Promise<number | undefined> {
  // The triggers of the log let go of what is older than this row says.
  await tx
    .insert(auditRetention)
    .values({ id: ROW, cutoff })
    .onConflictDoUpdate({ target: auditRetention.id, set: { cutoff } })
  const some = tx
    .select({ id: auditLog.id })
    .from(auditLog)
    .where(lt(auditLog.at, cutoff))
    .orderBy(asc(auditLog.at), asc(auditLog.id))
    .limit(TRIMMED_AT_ONCE_MAX)
  const gone = await tx.delete(auditLog).where(inArray(auditLog.id, some)).returning({ id: auditLog.id })
  const isLast = gone.length < TRIMMED_AT_ONCE_MAX
  const [row] = await tx
    .update(auditRetention)
    .set({ cutoff: null, deleted: sql`${auditRetention.deleted} + ${gone.length}` })
    .returning({ deleted: auditRetention.deleted })
  const deleted = row?.deleted ?? gone.length
  if (!isLast) return undefined
  if (deleted > 0) {
    await record(ctx, tx, { actor }, 'audit.trimmed', { before: cutoff.toISOString(), deleted })
    await tx.update(auditRetention).set({ deleted: 0 })
  }
  return deleted
}
