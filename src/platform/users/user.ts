import { and, count, eq, type SQL, sql } from 'drizzle-orm'
import type { Role } from '#core/access/roles.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { contains } from '#db/text-search.ts'
import { type Account, listAccounts } from './account.ts'
import { type Obstacle, obstacleTo } from './management.ts'

/** `reset_due` is an active account whose owner has to choose a password before anything else. */
export const USER_STATES = ['active', 'reset_due', 'deactivated'] as const
export type UserState = (typeof USER_STATES)[number]

export type UserOrg = Readonly<{ orgId: number; slug: string; name: string; role: Role }>

/** An account as somebody may see it. */
export type User = Readonly<{
  id: number
  email: string
  name: string
  state: UserState
  isActive: boolean
  isSuperadmin: boolean
  mustResetPassword: boolean
  /** When the temporary password stops to work; null for one that its owner chose. */
  passwordExpiresAt: Date | null
  lastSignInAt: Date | null
  createdAt: Date
  /** An admin sees his own org here, a superadmin each. */
  orgs: readonly UserOrg[]
  /** Why the account may not be managed by whoever looks; undefined when it may. */
  obstacle: Obstacle | undefined
}>

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

/** An account as the scope's person may see it. */
export function userOf(scope: Scope, account: Account): User {
  const { memberships, ...shown } = account
  const visible = scope.isSuperadmin ? memberships : memberships.filter(({ orgId }) => orgId === scope.orgId)
  return {
    ...shown,
    state: stateOf(account),
    orgs: visible.map(({ orgId, slug, name, role }) => ({ orgId, slug, name, role })),
    obstacle: obstacleTo(scope, account),
  }
}

export function stateOf({ isActive, mustResetPassword }: Pick<Account, 'isActive' | 'mustResetPassword'>): UserState {
  if (!isActive) return 'deactivated'
  return mustResetPassword ? 'reset_due' : 'active'
}

function requireReach(scope: Scope, { isEverywhere }: UsersReach): void {
  if (!isEverywhere || scope.isSuperadmin) return
  throw new AppError('forbidden', 'superadmin_only', 'Only the operator of this install sees every organization.')
}

function countOf(condition: SQL | undefined) {
  return count(sql`case when ${condition} then 1 end`)
}
