import { and, eq, isNull, sql } from 'drizzle-orm'
import { isAdmin, requireAdminLeft } from '#core/access/last-admin.ts'
import { tokens } from '#core/access/tables.ts'
import type { Context } from '#core/context.ts'
import { findSeats, requireSeat } from '#core/license/seats.ts'
import type { Scope } from '#core/scope.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { requireName } from '#core/tenancy/user.ts'
import type { Tx } from '#db/database.ts'
import { voidResets } from '#platform/sessions/password.ts'
import type { Account } from './account.ts'
import { recordForAccount } from './account-log.ts'
import { lockManaged } from './managed-lock.ts'
import { requireManaged } from './management.ts'
import { type User, userOf } from './user.ts'

export type UserChange = Readonly<{ name?: string | undefined; isActive?: boolean | undefined }>

/**
 * Renames, deactivates or activates an account; what is absent stays. Deactivating ends its sessions, revokes its access tokens
 * and voids its reset links, all for good: activating brings none of them back. For `user.edit`. Errors: those of
 * `requireManaged`, `invalid_name` (invalid), `last_admin` (conflict) when an org would be left without an admin; on activating those
 * of `findSeats` and `requireSeat` for each org of the account.
 */
export async function changeUser(ctx: Context, scope: Scope, id: number, change: UserChange): Promise<User> {
  const seen = await requireManaged(ctx, scope, id)
  const name = change.name === undefined ? undefined : requireName(change.name)
  const isReturning = change.isActive === true && !seen.isActive
  const seats = isReturning ? await Promise.all(seen.memberships.map(({ orgId }) => findSeats(ctx, orgId))) : []
  return await ctx.db.transaction(async (tx) => {
    const account = await lockManaged(tx, scope, seen)
    if (!account.isActive) for (const each of seats) await requireSeat(tx, each)
    const renamed = await rename(ctx, tx, scope, account, name ?? account.name)
    return userOf(scope, await setActive(ctx, tx, scope, renamed, change.isActive ?? account.isActive))
  })
}

async function rename(ctx: Context, tx: Tx, scope: Scope, account: Account, name: string): Promise<Account> {
  if (name === account.name) return account
  await tx.update(users).set({ name }).where(eq(users.id, account.id))
  await recordForAccount(ctx, tx, scope, account, 'user.updated', { user_id: account.id, fields: ['name'] })
  return { ...account, name }
}

async function setActive(ctx: Context, tx: Tx, scope: Scope, account: Account, isActive: boolean): Promise<Account> {
  if (isActive === account.isActive) return account
  const { id, email } = account
  if (isActive) {
    await tx.update(users).set({ isActive }).where(eq(users.id, id))
    await recordForAccount(ctx, tx, scope, account, 'user.reactivated', { user_id: id, email })
  } else {
    await deactivate(ctx, tx, id)
    await recordForAccount(ctx, tx, scope, account, 'user.deactivated', { user_id: id, email })
  }
  return { ...account, isActive }
}

async function deactivate(ctx: Context, tx: Tx, userId: number): Promise<void> {
  const administered = await tx
    .select({ orgId: userOrgs.orgId })
    .from(userOrgs)
    .where(and(eq(userOrgs.userId, userId), isAdmin(tx)))
  await tx
    .update(users)
    .set({ isActive: false, tokenVersion: sql`${users.tokenVersion} + 1` })
    .where(eq(users.id, userId))
  // Only where he was one: an org that has no admin anyway loses none with him.
  for (const { orgId } of administered) await requireAdminLeft(tx, orgId)
  await tx
    .update(tokens)
    .set({ revokedAt: ctx.clock.now() })
    .where(and(eq(tokens.userId, userId), isNull(tokens.revokedAt)))
  await voidResets(ctx, tx, userId)
}
