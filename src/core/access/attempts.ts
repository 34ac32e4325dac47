import { and, count, eq, gt, like, lte, min, not, type SQL } from 'drizzle-orm'
import { signInAttempts } from '#core/access/tables.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Database, Tx } from '#db/database.ts'
import { addMs, HOUR_MS, MINUTE_MS } from '#lib/clock.ts'
import { sha256Hex } from '#lib/token.ts'

const PAIR_FAILURES_MAX = 10
const PAIR_WINDOW_MS = 15 * MINUTE_MS
const ACCOUNT_FAILURES_MAX = 100
const ACCOUNT_WINDOW_MS = HOUR_MS
const DEVICE_PREFIX = 'device:'

/** Where a guess comes from: a browser that signed in to the account before has a count of its own. */
export type GuessOrigin = Readonly<{ address: string; deviceId?: string | undefined }>

/** The account an e-mail names, whether or not it exists: unknown accounts count alike. */
export function accountOf(email: string): string {
  return sha256Hex(email)
}

/**
 * Counts a guess before it is tried, so that 50 at once count as 50. Throws `locked_out` (limited, `retry_after` in seconds)
 * after 10 failures in 15 minutes from one origin, or 100 in an hour by strangers. Undo with `forgiveGuesses`.
 */
export async function countGuess(ctx: Context, account: string, origin: GuessOrigin): Promise<void> {
  const now = ctx.clock.now()
  const limits = limitsOf(account, origin, now)
  for (const limit of limits) await refuseBeyond(ctx.db, limit, limit.failuresMax - 1, now)
  await ctx.db.insert(signInAttempts).values({ account, origin: originOf(origin), at: now })
  // Again, with whatever came in between: the n-th guess that was written sees n of them at least, so no more than are allowed pass.
  for (const limit of limits) await refuseBeyond(ctx.db, limit, limit.failuresMax, now)
}

/** The guess was right: this origin starts afresh. */
export async function forgiveGuesses(tx: Tx, account: string, origin: GuessOrigin): Promise<void> {
  await tx
    .delete(signInAttempts)
    .where(and(eq(signInAttempts.account, account), eq(signInAttempts.origin, originOf(origin))))
}

/** The account has a new password: nothing guessed before counts. */
export async function forgiveAccount(tx: Tx, account: string): Promise<void> {
  await tx.delete(signInAttempts).where(eq(signInAttempts.account, account))
}

/** Drops rows that no count reads any more. */
export async function dropOldGuesses(ctx: Context): Promise<void> {
  await ctx.db.delete(signInAttempts).where(lte(signInAttempts.at, addMs(ctx.clock.now(), -ACCOUNT_WINDOW_MS)))
}

type Limit = Readonly<{ where: SQL | undefined; failuresMax: number; windowMs: number }>

/** What counts against a guess: a stranger's is also one of all strangers', a known browser's only its own. */
function limitsOf(account: string, origin: GuessOrigin, now: Date): Limit[] {
  const since = (windowMs: number) =>
    and(eq(signInAttempts.account, account), gt(signInAttempts.at, addMs(now, -windowMs)))
  const own = {
    where: and(since(PAIR_WINDOW_MS), eq(signInAttempts.origin, originOf(origin))),
    ...{ failuresMax: PAIR_FAILURES_MAX, windowMs: PAIR_WINDOW_MS },
  }
  const strangers = {
    where: and(since(ACCOUNT_WINDOW_MS), not(like(signInAttempts.origin, `${DEVICE_PREFIX}%`))),
    ...{ failuresMax: ACCOUNT_FAILURES_MAX, windowMs: ACCOUNT_WINDOW_MS },
  }
  return origin.deviceId === undefined ? [own, strangers] : [own]
}

async function refuseBeyond(db: Database, limit: Limit, allowed: number, now: Date): Promise<void> {
  const { failures, oldest } = await tally(db, limit.where)
  if (failures > allowed) throw lockedOut(now, oldest, limit.windowMs)
}

async function tally(db: Database, where: SQL | undefined) {
  const rows = await db
    .select({ failures: count(), oldest: min(signInAttempts.at) })
    .from(signInAttempts)
    .where(where)
  return rows[0] ?? { failures: 0, oldest: null }
}

function originOf(origin: GuessOrigin): string {
  return origin.deviceId === undefined ? origin.address : `${DEVICE_PREFIX}${origin.deviceId}`
}

function lockedOut(now: Date, oldest: Date | null, windowMs: number): AppError {
  const endsAt = addMs(oldest ?? now, windowMs).getTime()
  const retryAfter = Math.max(1, Math.ceil((endsAt - now.getTime()) / 1000))
  return new AppError(
    'limited',
    'locked_out',
    'Too many failed attempts. Wait before trying again, or reset the password.',
    {
      retry_after: retryAfter,
    },
  )
}
