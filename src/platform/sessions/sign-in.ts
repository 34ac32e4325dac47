import { and, eq, isNull, lte } from 'drizzle-orm'
import { accountOf, countGuess, dropOldGuesses, forgiveGuesses, type GuessOrigin } from '#core/access/attempts.ts'
import { findHome } from '#core/access/home.ts'
import type { Role } from '#core/access/roles.ts'
import { endedSessions, tokens } from '#core/access/tables.ts'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Self } from '#core/scope.ts'
import { users } from '#core/tenancy/tables.ts'
import { findUserByEmail, raiseTokenVersion, usableHash } from '#core/tenancy/user.ts'
import { addMs, DAY_MS } from '#lib/clock.ts'
import { normalizeEmail } from '#lib/email.ts'
import { verifyPassword } from '#lib/password.ts'

const ENDED_KEPT_MS = 8 * DAY_MS

/** What a door needs to sign a token; never a token. */
export type SignedIn = Readonly<{
  userId: number
  version: number
  orgId: number | undefined
  role: Role | undefined
  mustResetPassword: boolean
}>

export type Caller = Readonly<{ requestId: string; address: string; deviceId?: string | undefined }>

/**
 * Anyone may try. Errors: `invalid_credentials` (unauthenticated) alike for a wrong password, a temporary one whose time is
 * over, an unknown and a deactivated account; `locked_out` (limited). The sign-in is recorded and the origin's failures are forgotten.
 */
export async function signIn(
  ctx: Context,
  caller: Caller,
  input: { username: string; password: string },
): Promise<SignedIn> {
  const email = normalizeEmail(input.username) ?? input.username.trim().toLowerCase()
  const account = accountOf(email)
  await countGuess(ctx, account, caller)
  const user = await findUserByEmail(ctx.db, email)
  const isRight = await verifyPassword(input.password, usableHash(user, ctx.clock.now()), ctx.passwordCost)
  if (!user || !isRight || !user.isActive) {
    throw new AppError('unauthenticated', 'invalid_credentials', 'The e-mail or the password is wrong.')
  }
  const home = await findHome(ctx.db, user)
  await noteSignIn(ctx, { ...caller, userId: user.id, email, name: user.name, orgId: home?.orgId, account })
  return {
    userId: user.id,
    version: user.tokenVersion,
    orgId: home?.orgId,
    role: home?.role,
    mustResetPassword: user.mustResetPassword,
  }
}

type Noted = Caller & { userId: number; email: string; name: string; orgId: number | undefined; account: string }

async function noteSignIn(ctx: Context, noted: Noted): Promise<void> {
  const { userId, email, name, orgId, requestId, address } = noted
  const by = {
    ...(orgId !== undefined && { orgId }),
    actor: { kind: 'person', userId, email, name },
    requestId,
    address,
  } as const
  await ctx.db.transaction(async (tx) => {
    await forgiveGuesses(tx, noted.account, noted satisfies GuessOrigin)
    await tx.update(users).set({ lastSignInAt: ctx.clock.now() }).where(eq(users.id, userId))
    await record(ctx, tx, by, 'user.signed_in', { user_id: userId })
  })
}

/** Ends one session: every token with its `jti` is refused from now on. Only for oneself; ending it twice is no error. */
export async function signOut(ctx: Context, self: Self, jti: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await tx
      .insert(endedSessions)
      .values({ jti, userId: self.actor.userId, endedAt: ctx.clock.now() })
      .onConflictDoNothing()
    await record(ctx, tx, self, 'user.signed_out', { user_id: self.actor.userId })
  })
}

/** Ends every session of oneself, and with `tokens` every personal access token, too. Returns how many tokens were revoked. */
export async function signOutEverywhere(
  ctx: Context,
  self: Self,
  input: { tokens: boolean },
): Promise<{ tokensRevoked: number }> {
  return await ctx.db.transaction(async (tx) => {
    await raiseTokenVersion(tx, self.actor.userId)
    const revoked = input.tokens
      ? await tx
          .update(tokens)
          .set({ revokedAt: ctx.clock.now() })
          .where(and(eq(tokens.userId, self.actor.userId), isNull(tokens.revokedAt)))
          .returning({ id: tokens.id })
      : []
    await record(ctx, tx, self, 'user.signed_out_everywhere', { user_id: self.actor.userId, tokens: input.tokens })
    return { tokensRevoked: revoked.length }
  })
}

/** Drops what no sign-in reads any more. */
export async function dropOldSessions(ctx: Context): Promise<void> {
  await dropOldGuesses(ctx)
  await ctx.db.delete(endedSessions).where(lte(endedSessions.endedAt, addMs(ctx.clock.now(), -ENDED_KEPT_MS)))
}
