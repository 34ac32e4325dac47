import { and, count, eq, type SQL, sql } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { contains } from '#db/text-search.ts'
import { listAccounts } from './account.ts'
import { type User, type UserState, userOf } from './user.ts'

/** Whose accounts: those of the org, or with `isEverywhere` of the whole install. */
export type UsersReach = Readonly<{ isEverywhere: boolean }>

export type UsersQuery = UsersReach &
  Readonly<{
    /** Part of a name or an e-mail, without regard to case; empty for everybody. */
    search: string
    state?: UserState | undefined
    limit: number
    before?: number | undefined
  }>

const STATE_IS: Readonly<Record<UserState, SQL | undefined>> = {
  active: and(eq(users.isActive, true), eq(users.mustResetPassword, false)),
  reset_due: and(eq(users.isActive, true), eq(users.mustResetPassword, true)),
  deactivated: eq(users.isActive, false),
}

/**
 * Accounts, the newest first: at most `limit`, with ids below `before`; two statements whatever their number. For `user.read`.
 * Error: `superadmin_only` (forbidden) for another than a superadmin who asks beyond the org.
 */
export async function listUsers(ctx: Context, scope: Scope, query: UsersQuery): Promise<User[]> {
  requireReach(scope, query)
  const { isEverywhere, search, state, limit, before } = query
  const where = and(state && STATE_IS[state], contains(search, users.name, users.email))
  const orgId = isEverywhere ? undefined : scope.orgId
  const accounts = await listAccounts(ctx.db, { orgId, where, limit, before })
  return accounts.map((account) => userOf(scope, account))
}

/** How many accounts there are in each state and in all, whatever is searched for. For `user.read`; `superadmin_only` as above. */
export async function countUsers(
  ctx: Context,
  scope: Scope,
  reach: UsersReach,
): Promise<Readonly<Record<'all' | UserState, number>>> {
  requireReach(scope, reach)
  const counted = {
    all: count(),
    active: countOf(STATE_IS.active),
    reset_due: countOf(STATE_IS.reset_due),
    deactivated: countOf(STATE_IS.deactivated),
  }
  const [row] = reach.isEverywhere
    ? await ctx.db.select(counted).from(users)
    : await ctx.db
        .select(counted)
        .from(userOrgs)
        .innerJoin(users, eq(users.id, userOrgs.userId))
        .where(eq(userOrgs.orgId, scope.orgId))
  return row ?? { all: 0, active: 0, reset_due: 0, deactivated: 0 }
}

function requireReach(scope: Scope, { isEverywhere }: UsersReach): void {
  if (!isEverywhere || scope.isSuperadmin) return
  throw new AppError('forbidden', 'superadmin_only', 'Only the operator of this install sees every organization.')
}

function countOf(condition: SQL | undefined) {
  return count(sql`case when ${condition} then 1 end`)
}
