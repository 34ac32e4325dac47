import { and, count, eq, gt, isNull } from 'drizzle-orm'
import { accountOf, countGuess, forgiveAccount, forgiveGuesses } from '#core/access/attempts.ts'
import { findHome } from '#core/access/home.ts'
import { passwordResets } from '#core/access/tables.ts'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { findMailOrg } from '#core/mail/mail-org.ts'
import type { Self } from '#core/scope.ts'
import { users } from '#core/tenancy/tables.ts'
import { findUserByEmail, hashChosen, setOwnPassword, usableHash } from '#core/tenancy/user.ts'
import { lockRow, type Tx } from '#db/database.ts'
import { addMs, HOUR_MS } from '#lib/clock.ts'
import { normalizeEmail } from '#lib/email.ts'
import { verifyPassword } from '#lib/password.ts'
import { newSecretToken, sha256Hex } from '#lib/token.ts'
import type { Caller, SignedIn } from '#platform/sessions/sign-in.ts'

export const RESET_MINUTES = 60
const RESET_MAILS_PER_HOUR_MAX = 3

/**
 * Changes one's own password; every other session dies. Errors: `wrong_password` (forbidden), `weak_password` (invalid),
 * `same_password` (invalid), `locked_out` (limited).
 */
export async function changePassword(
  ctx: Context,
  self: Self,
  caller: Caller,
  input: { oldPassword: string; newPassword: string },
): Promise<SignedIn> {
  const account = accountOf(self.actor.email)
  await countGuess(ctx, account, caller)
  const user = await findUserByEmail(ctx.db, self.actor.email)
  const isRight = await verifyPassword(input.oldPassword, usableHash(user, ctx.clock.now()), ctx.passwordCost)
  if (!user || !isRight)
    throw new AppError('forbidden', 'wrong_password', 'The current password is wrong.', { field: 'old_password' })
  await ctx.db.transaction((tx) => forgiveGuesses(tx, account, caller))
  if (input.newPassword === input.oldPassword) {
    throw new AppError('invalid', 'same_password', 'Choose a password that differs from the current one.', {
      field: 'new_password',
    })
  }
  const passwordHash = await hashChosen(ctx, input.newPassword, user.email, 'new_password')
  const version = await ctx.db.transaction(async (tx) => {
    await lockRow(tx, users, user.id)
    await voidResets(ctx, tx, user.id)
    const raised = await setOwnPassword(tx, user.id, passwordHash)
    await record(ctx, tx, self, 'password.changed', { user_id: user.id })
    return raised
  })
  const home = await findHome(ctx.db, { id: user.id, defaultOrgId: self.orgId ?? user.defaultOrgId })
  return { userId: user.id, version, orgId: home?.orgId, role: home?.role, mustResetPassword: false }
}

/**
 * Anyone may ask. It answers alike for every e-mail: whether there is an account is found out later, by the job.
 * `invalid_email` (invalid) only for what is no e-mail at all.
 */
export async function forgotPassword(ctx: Context, input: { email: string }): Promise<void> {
  const email = normalizeEmail(input.email)
  if (email === undefined)
    throw new AppError('invalid', 'invalid_email', 'This is not an e-mail address.', { field: 'email' })
  await ctx.db.transaction(async (tx) => {
    await ctx.jobs.enqueue(tx, { kind: 'password.forgotten', payload: { email }, isSecret: true })
  })
}

/** Makes the reset link of an account that exists, and hands it to the mail job. At most 3 an hour; the newest counts. */
export async function prepareReset(ctx: Context, email: string): Promise<void> {
  const user = await findUserByEmail(ctx.db, email)
  if (!user?.isActive) return
  const now = ctx.clock.now()
  const token = newSecretToken(ctx.random)
  await ctx.db.transaction(async (tx) => {
    // Two jobs at once would both find two mails, and both links would live.
    await lockRow(tx, users, user.id)
    const [recent] = await tx
      .select({ mails: count() })
      .from(passwordResets)
      .where(and(eq(passwordResets.userId, user.id), gt(passwordResets.createdAt, addMs(now, -HOUR_MS))))
    if ((recent?.mails ?? 0) >= RESET_MAILS_PER_HOUR_MAX) return
    await voidResets(ctx, tx, user.id)
    const expiresAt = addMs(now, RESET_MINUTES * 60_000)
    await tx.insert(passwordResets).values({ userId: user.id, tokenHash: sha256Hex(token), createdAt: now, expiresAt })
    await record(ctx, tx, { actor: { kind: 'nobody' } }, 'password.reset_requested', { user_id: user.id })
    const orgId = await findMailOrg(tx, user.id)
    await ctx.jobs.enqueue(tx, {
      ...{ kind: 'password.reset-mail', ...(orgId !== undefined && { orgId }) },
      payload: { email: user.email, token, expiresAt: expiresAt.toISOString() },
      isSecret: true,
    })
  })
}

/**
 * Sets a new password by a mailed token: single use, the newest only, one hour. Errors: `reset_gone` (gone) for a token that is
 * unknown, used, replaced or expired; `weak_password` (invalid), which leaves the token usable.
 */
export async function resetPassword(
  ctx: Context,
  caller: Caller,
  input: { token: string; newPassword: string },
): Promise<SignedIn> {
  const user = await requireResetUser(ctx, input.token)
  const passwordHash = await hashChosen(ctx, input.newPassword, user.email, 'new_password')
  const home = await findHome(ctx.db, user)
  const actor = { kind: 'person', userId: user.id, email: user.email, name: user.name } as const
  const { requestId, address } = caller
  const version = await ctx.db.transaction(async (tx) => {
    await lockRow(tx, users, user.id)
    const used = await tx
      .update(passwordResets)
      .set({ usedAt: ctx.clock.now() })
      .where(openReset(ctx, input.token))
      .returning({ id: passwordResets.id })
    if (used.length === 0) throw resetGone()
    await forgiveAccount(tx, accountOf(user.email))
    const raised = await setOwnPassword(tx, user.id, passwordHash)
    await record(ctx, tx, { ...(home && { orgId: home.orgId }), actor, requestId, address }, 'password.reset', {
      user_id: user.id,
    })
    return raised
  })
  return { userId: user.id, version, orgId: home?.orgId, role: home?.role, mustResetPassword: false }
}

/** The account a reset link is for; `reset_gone` (gone) when the link no longer does. */
export async function requireResetUser(ctx: Context, token: string) {
  const [row] = await ctx.db
    .select({ id: users.id, email: users.email, name: users.name, defaultOrgId: users.defaultOrgId })
    .from(passwordResets)
    .innerJoin(users, eq(users.id, passwordResets.userId))
    .where(and(openReset(ctx, token), eq(users.isActive, true)))
  if (!row) throw resetGone()
  return row
}

function openReset(ctx: Context, token: string) {
  return and(
    eq(passwordResets.tokenHash, sha256Hex(token)),
    isNull(passwordResets.usedAt),
    gt(passwordResets.expiresAt, ctx.clock.now()),
  )
}

/** Every reset link of a user that still works does no longer. */
export async function voidResets(ctx: Context, tx: Tx, userId: number): Promise<void> {
  await tx
    .update(passwordResets)
    .set({ expiresAt: ctx.clock.now() })
    .where(
      and(
        eq(passwordResets.userId, userId),
        isNull(passwordResets.usedAt),
        gt(passwordResets.expiresAt, ctx.clock.now()),
      ),
    )
}

function resetGone(): AppError {
  return new AppError('gone', 'reset_gone', 'This link has been used, replaced or has expired. Ask for a new one.')
}
