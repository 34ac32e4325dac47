import { accountOf, forgiveAccount } from '#core/access/attempts.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Author, Scope } from '#core/scope.ts'
import { setTemporaryPassword } from '#core/tenancy/user.ts'
import type { Tx } from '#db/database.ts'
import { addMs, HOUR_MS } from '#lib/clock.ts'
import { hashPassword } from '#lib/password.ts'
import { newTemporaryPassword } from '#lib/token.ts'
import { voidResets } from '#platform/sessions/password.ts'
import type { Account } from './account.ts'
import { recordForAccount } from './account-log.ts'
import { lockManaged } from './managed-lock.ts'
import { requireManaged } from './management.ts'
import { countReset } from './reset-count.ts'
import { enqueueTemporaryMail } from './temporary-mail.ts'

export const TEMPORARY_HOURS = 24

/** `password` is there when no mail can be sent, and then only here. */
export type IssuedPassword = Readonly<{ userId: number; email: string; expiresAt: Date; password: string | undefined }>

/** A temporary password that is made, but set nowhere yet. */
export type TemporaryPassword = Readonly<{ password: string; passwordHash: string; expiresAt: Date }>

/**
 * Gives an account a temporary password that works for 24 hours, until its owner has chosen another: mailed by the queue, or shown
 * here once without a relay. Sessions and reset links die, counted guesses are forgiven, access tokens stay. At most 3 an hour and
 * account. For `user.edit`. Errors: those of `requireManaged`; `deactivated` (conflict); `too_many_resets` (limited).
 */
export async function resetPasswordByAdmin(ctx: Context, scope: Scope, id: number): Promise<IssuedPassword> {
  const seen = await requireManaged(ctx, scope, id)
  const temporary = await makeTemporaryPassword(ctx)
  const { password, expiresAt } = temporary
  return await ctx.db.transaction(async (tx) => {
    const account = await lockManaged(tx, scope, seen)
    if (!account.isActive) throw new AppError('conflict', 'deactivated', 'Activate the account first.')
    await countReset(ctx, tx, account.id)
    const isMailed = ctx.mail.hasPlatformRelay || account.mail.hasOwnRelay
    const version = await issue(ctx, tx, scope, account, { temporary, isMailed })
    if (isMailed) {
      const resetBy = scope.actor.kind === 'person' ? scope.actor.name || scope.actor.email : 'The operator'
      await enqueueTemporaryMail(ctx, tx, account, { userId: account.id, version, password, resetBy })
    }
    return { userId: account.id, email: account.email, expiresAt, password: isMailed ? undefined : password }
  })
}

/** Chance and a hash, which takes its time: made before the transaction that sets it. */
export async function makeTemporaryPassword(ctx: Context): Promise<TemporaryPassword> {
  const password = newTemporaryPassword(ctx.random)
  const passwordHash = await hashPassword(password, ctx.passwordCost)
  return { password, passwordHash, expiresAt: addMs(ctx.clock.now(), TEMPORARY_HOURS * HOUR_MS) }
}

type Issue = Readonly<{ temporary: TemporaryPassword; isMailed: boolean }>

/** Sets the password of a locked account with all that goes with it, and records it. Returns the new token version, which names this very reset. */
export async function issue(
  ctx: Context,
  tx: Tx,
  author: Author,
  account: Account,
  { temporary, isMailed }: Issue,
): Promise<number> {
  const { id, email } = account
  await voidResets(ctx, tx, id)
  await forgiveAccount(tx, accountOf(email))
  const version = await setTemporaryPassword(tx, id, temporary)
  const detail = { user_id: id, email, is_mailed: isMailed }
  await recordForAccount(ctx, tx, author, account, 'password.reset_by_admin', detail)
  return version
}
