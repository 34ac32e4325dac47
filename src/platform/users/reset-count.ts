import { and, count, eq, gt, like, min } from 'drizzle-orm'
import { passwordResets } from '#core/access/tables.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Tx } from '#db/database.ts'
import { addMs, HOUR_MS, SECOND_MS } from '#lib/clock.ts'

const RESETS_PER_HOUR_MAX = 3
/** Marks a row of `password_resets` that is no link, but counts a temporary password. */
const COUNTED = 'temporary:'

/**
 * Counts a temporary password of an account that is locked, or refuses it: `too_many_resets` (limited). Links that strangers ask for do not count: they must not keep an
 * admin from helping.
 */
export async function countReset(ctx: Context, tx: Tx, userId: number): Promise<void> {
  const now = ctx.clock.now()
  const isRecent = gt(passwordResets.createdAt, addMs(now, -HOUR_MS))
  const [recent] = await tx
    .select({ resets: count(), oldest: min(passwordResets.createdAt) })
    .from(passwordResets)
    .where(and(eq(passwordResets.userId, userId), like(passwordResets.tokenHash, `${COUNTED}%`), isRecent))
  if ((recent?.resets ?? 0) >= RESETS_PER_HOUR_MAX) {
    const endsAt = addMs(recent?.oldest ?? now, HOUR_MS)
    const retryAfter = Math.max(1, Math.ceil((endsAt.getTime() - now.getTime()) / SECOND_MS))
    const words = `An account gets at most ${RESETS_PER_HOUR_MAX} temporary passwords an hour.`
    throw new AppError('limited', 'too_many_resets', words, { retry_after: retryAfter })
  }
  const row = { userId, tokenHash: `${COUNTED}${ctx.random.uuid()}`, createdAt: now, expiresAt: now, usedAt: now }
  await tx.insert(passwordResets).values(row)
}
