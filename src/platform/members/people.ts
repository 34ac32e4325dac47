import { and, asc, eq, exists, gt, sql } from 'drizzle-orm'
import { isAdmin } from '#core/access/last-admin.ts'
import type { Context } from '#core/context.ts'
import { smtpSettings } from '#core/mail/tables.ts'
import type { Scope } from '#core/scope.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { contains } from '#db/text-search.ts'
import { countStandingInvites, listStandingInvites, type StandingInvite } from '#platform/invites/standing.ts'
import { MEMBER, type Member } from './member.ts'
import { type Place, placeAfter, placeOf } from './people-cursor.ts'

export const PEOPLE_FILTERS = ['all', 'members', 'pending', 'expired'] as const
export type PeopleFilter = (typeof PEOPLE_FILTERS)[number]

export const PEOPLE_PAGE_ROWS = 50

/** `isLastAdmin`: nobody else who can sign in holds `org.admin`, by role or by a group. */
export type ListedMember = Member & Readonly<{ isLastAdmin: boolean }>
type FoundMember = Member & Readonly<{ holdsAdmin: boolean }>

export type PeoplePage = Readonly<{
  /** In the order of joining. */
  members: readonly ListedMember[]
  /** After the members, newest first. */
  invites: readonly StandingInvite[]
  /** Of the whole org, whatever was searched for. */
  counts: Readonly<Record<PeopleFilter, number>>
  /** Open invitations in this filter and search, on all of its pages. */
  pendingFound: number
  /** Whether an invitation of the org finds a mail server. */
  canSendMail: boolean
  nextCursor: string | undefined
}>

export type PeopleQuery = Readonly<{
  filter: PeopleFilter
  /** Part of a name or an e-mail, without regard to case; empty for everybody. */
  search: string
  cursor?: string | undefined
  /** Rows a page, members and invitations together. */
  limit?: number
}>

/**
 * Members and invitations of the org as one list; at most three statements whatever their number. For `member.read`.
 * Error: `invalid_query` (invalid) for a cursor that is none of ours.
 */
export async function listPeople(ctx: Context, scope: Scope, query: PeopleQuery): Promise<PeoplePage> {
  const { limit = PEOPLE_PAGE_ROWS } = query
  const place = placeOf(query.cursor)
  const [totals, found] = await Promise.all([
    countPeople(ctx, scope, query),
    findMembers(ctx, scope, query, place, limit + 1),
  ])
  const invited = found.length > limit ? [] : await findInvites(ctx, scope, query, place, limit + 1 - found.length)
  const members = found.slice(0, limit)
  const invites = invited.slice(0, limit - members.length)
  const hasMore = found.length + invited.length > limit
  return {
    members: members.map(({ holdsAdmin, ...member }) => ({
      ...member,
      isLastAdmin: holdsAdmin && totals.admins - (member.isActive ? 1 : 0) === 0,
    })),
    invites,
    counts: totals.counts,
    pendingFound: totals.pendingFound,
    canSendMail: ctx.mail.hasPlatformRelay || totals.hasOwnRelay,
    nextCursor: hasMore ? placeAfter(members.at(-1), invites.at(-1)) : undefined,
  }
}

async function countPeople(ctx: Context, scope: Scope, { filter, search }: PeopleQuery) {
  const isHere = eq(userOrgs.orgId, scope.orgId)
  const canSignIn = exists(
    ctx.db
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, userOrgs.userId), eq(users.isActive, true))),
  )
  const [row] = await ctx.db
    .select({
      relays: ctx.db.$count(smtpSettings, eq(smtpSettings.orgId, scope.orgId)),
      members: ctx.db.$count(userOrgs, isHere),
      admins: ctx.db.$count(userOrgs, and(isHere, isAdmin(ctx.db), canSignIn)),
      ...countStandingInvites(ctx, scope, search),
    })
    .from(orgs)
    .where(eq(orgs.id, scope.orgId))
  const { members = 0, admins = 0, pending = 0, pendingFound = 0, expired = 0, relays = 0 } = row ?? {}
  return {
    admins,
    hasOwnRelay: relays > 0,
    counts: { all: members + pending + expired, members, pending, expired },
    pendingFound: filter === 'all' || filter === 'pending' ? pendingFound : 0,
  }
}

async function findMembers(
  ctx: Context,
  scope: Scope,
  { filter, search }: PeopleQuery,
  place: Place,
  limit: number,
): Promise<FoundMember[]> {
  if (place.list !== 'members' || filter === 'pending' || filter === 'expired') return []
  const isLater = place.after === undefined ? undefined : gt(userOrgs.id, place.after)
  const holdsAdmin = sql<boolean>`${isAdmin(ctx.db)}`.mapWith(Boolean)
  return await ctx.db
    .select({ ...MEMBER, holdsAdmin })
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(eq(userOrgs.orgId, scope.orgId), isLater, contains(search, users.name, users.email)))
    .orderBy(asc(userOrgs.id))
    .limit(limit)
}

async function findInvites(
  ctx: Context,
  scope: Scope,
  { filter, search }: PeopleQuery,
  place: Place,
  limit: number,
): Promise<StandingInvite[]> {
  if (filter === 'members') return []
  const only = filter === 'all' ? undefined : filter
  const before = place.list === 'invites' ? place.after : undefined
  return await listStandingInvites(ctx, scope, { only, search, before, limit })
}
