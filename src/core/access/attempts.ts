import { and, count, eq, gt, like, lte, min, not } from 'drizzle-orm'
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
  const from = originOf(origin)
  const now = ctx.clock.now()
  const pair = and(
    eq(signInAttempts.account, account),
    eq(signInAttempts.origin, from),
    gt(signInAttempts.at, addMs(now, -PAIR_WINDOW_MS)),
  )
  const before = await tally(ctx.db, pair)
  if (before.failures >= PAIR_FAILURES_MAX) throw lockedOut(now, before.oldest, PAIR_WINDOW_MS)
  if (origin.deviceId === undefined) await refuseStrangers(ctx, account, now)
  const [own] = await ctx.db
    .insert(signInAttempts)
    .values({ account, origin: from, at: now })
    .returning({ id: signInAttempts.id })
  if (!own) throw new Error('an attempt was not counted')
  const after = await tally(ctx.db, and(pair, lte(signInAttempts.id, own.id)))
  if (after.failures > PAIR_FAILURES_MAX) throw lockedOut(now, after.oldest, PAIR_WINDOW_MS)
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

async function refuseStrangers(ctx: Context, account: string, now: Date): Promise<void> {
  const byStrangers = and(
    eq(signInAttempts.account, account),
    not(like(signInAttempts.origin, `${DEVICE_PREFIX}%`)),
    gt(signInAttempts.at, addMs(now, -ACCOUNT_WINDOW_MS)),
  )
  const { failures, oldest } = await tally(ctx.db, byStrangers)
  if (failures >= ACCOUNT_FAILURES_MAX) throw lockedOut(now, oldest, ACCOUNT_WINDOW_MS)
}

async function tally(db: Database, where: ReturnType<typeof and>) {
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
