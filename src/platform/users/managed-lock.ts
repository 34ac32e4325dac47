import { eq } from 'drizzle-orm'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { orgs, users } from '#core/tenancy/tables.ts'
import { lockRow, type Tx } from '#db/database.ts'
import { type Account, findAccount } from './account.ts'
import { actorIdOf, checkManaged } from './management.ts'

/**
 * `requireManaged` inside a transaction, with the account, its orgs and one's own account locked, so that what was checked stays so until
 * the commit. Besides the errors of `requireManaged`: `unauthenticated` when one's own account was deactivated meanwhile.
 */
export async function lockManaged(tx: Tx, scope: Scope, seen: Account): Promise<Account> {
  // Always orgs first, and each kind by its ids: whoever locks in another order could wait for us while we wait for him.
  const orgIds = seen.memberships.map(({ orgId }) => orgId).sort((a, b) => a - b)
  for (const orgId of orgIds) await lockRow(tx, orgs, orgId)
  const actorId = actorIdOf(scope)
  const userIds = [seen.id, ...(actorId === undefined ? [] : [actorId])].sort((a, b) => a - b)
  for (const userId of userIds) await lockRow(tx, users, userId)
  if (actorId !== undefined) await requireActive(tx, actorId)
  return checkManaged(scope, await findAccount(tx, seen.id))
}

/** Two operators who deactivate each other at once would otherwise leave none. */
async function requireActive(tx: Tx, actorId: number): Promise<void> {
  const [actor] = await tx.select({ isActive: users.isActive }).from(users).where(eq(users.id, actorId))
  if (!actor?.isActive) throw new AppError('unauthenticated', 'unauthenticated', 'Your account was deactivated.')
}
