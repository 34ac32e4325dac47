import { and, desc, eq, lt, type SQL } from 'drizzle-orm'
import type { Role } from '#core/access/roles.ts'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { users } from '#core/tenancy/tables.ts'
import { contains } from '#db/text-search.ts'
import { isLapsed, isOpen } from './invite-state.ts'
import { invites } from './tables.ts'

/** An invitation that nobody has answered: an open one, or one that expired and gave way to no newer one. */
export type StandingInvite = Readonly<{
  id: number
  email: string
  role: Role
  isExpired: boolean
  /** The inviter's name; null when that account is gone. */
  invitedBy: string | null
  expiresAt: Date
  mailState: (typeof invites.$inferSelect)['mailState']
  mailError: string | null
}>

export type StandingQuery = Readonly<{
  /** Both kinds when absent. */
  only?: 'pending' | 'expired' | undefined
  /** Part of an e-mail, without regard to case. */
  search: string
  before?: number | undefined
  limit: number
}>

/** The org's standing invitations, newest first. For `member.read`. */
export async function listStandingInvites(ctx: Context, scope: Scope, query: StandingQuery): Promise<StandingInvite[]> {
  const now = ctx.clock.now()
  const isLater = query.before === undefined ? undefined : lt(invites.id, query.before)
  const rows = await ctx.db
    .select({
      id: invites.id,
      email: invites.email,
      role: invites.role,
      invitedBy: users.name,
      expiresAt: invites.expiresAt,
      mailState: invites.mailState,
      mailError: invites.mailError,
    })
    .from(invites)
    .leftJoin(users, eq(users.id, invites.invitedBy))
    .where(
      and(eq(invites.orgId, scope.orgId), isStanding(query.only, now), isLater, contains(query.search, invites.email)),
    )
    .orderBy(desc(invites.id))
    .limit(query.limit)
  return rows.map((row) => ({ ...row, isExpired: row.expiresAt <= now }))
}

/** The open invitations that a search finds, newest first, at most `limit`. For `member.read`. */
export async function listOpenInviteIds(ctx: Context, scope: Scope, search: string, limit: number): Promise<number[]> {
  const isFound = contains(search, invites.email)
  const rows = await ctx.db
    .select({ id: invites.id })
    .from(invites)
    .where(and(eq(invites.orgId, scope.orgId), isOpen(ctx.clock.now()), isFound))
    .orderBy(desc(invites.id))
    .limit(limit)
  return rows.map(({ id }) => id)
}

/** How many there are of each kind, and open ones that a search finds, as columns for another statement of the same request. */
export function countStandingInvites(ctx: Context, scope: Scope, search: string) {
  const now = ctx.clock.now()
  const isHere = eq(invites.orgId, scope.orgId)
  return {
    pending: ctx.db.$count(invites, and(isHere, isOpen(now))),
    pendingFound: ctx.db.$count(invites, and(isHere, isOpen(now), contains(search, invites.email))),
    expired: ctx.db.$count(invites, and(isHere, isLapsed(now))),
  }
}

function isStanding(only: StandingQuery['only'], now: Date): SQL | undefined {
  if (only === 'pending') return isOpen(now)
  return only === 'expired' ? isLapsed(now) : eq(invites.state, 'pending')
}
