import { and, desc, eq, lt } from 'drizzle-orm'
import type { Person } from '#core/access/person.ts'
import type { Role } from '#core/access/roles.ts'
import type { Context } from '#core/context.ts'
import type { Self } from '#core/scope.ts'
import { orgs, userOrgs } from '#core/tenancy/tables.ts'
import { contains } from '#db/text-search.ts'

export type ListedOrg = Readonly<{
  id: number
  slug: string
  name: string
  createdAt: Date
  /** One's own; null in an org of others. */
  role: Role | null
}>

export type OrgQuery = Readonly<{
  /** Part of a name or a slug, without regard to case; empty for every one. */
  search: string
  limit: number
  before?: number | undefined
}>

const LISTED = { id: orgs.id, slug: orgs.slug, name: orgs.name, createdAt: orgs.createdAt, role: userOrgs.role }

/** One's own orgs, the newest first: at most `limit`, with ids below `before`. */
export async function listOwnOrgs(ctx: Context, self: Self, query: OrgQuery): Promise<ListedOrg[]> {
  return await ctx.db
    .select(LISTED)
    .from(userOrgs)
    .innerJoin(orgs, eq(orgs.id, userOrgs.orgId))
    .where(and(eq(userOrgs.userId, self.actor.userId), isWanted(query)))
    .orderBy(desc(orgs.id))
    .limit(query.limit)
}

/** Every org of the install with the number of its members, likewise. For a superadmin. */
export async function listEveryOrg(
  ctx: Context,
  self: Self,
  query: OrgQuery,
): Promise<(ListedOrg & { memberCount: number })[]> {
  const isMine = and(eq(userOrgs.orgId, orgs.id), eq(userOrgs.userId, self.actor.userId))
  return await ctx.db
    .select({ ...LISTED, memberCount: ctx.db.$count(userOrgs, eq(userOrgs.orgId, orgs.id)) })
    .from(orgs)
    .leftJoin(userOrgs, isMine)
    .where(isWanted(query))
    .orderBy(desc(orgs.id))
    .limit(query.limit)
}

/** The org a person is in where nothing names another: the one he chose, else his oldest. */
export function defaultOrgOf({ memberships, defaultOrgId }: Person): number | undefined {
  const chosen = memberships.find(({ orgId }) => orgId === defaultOrgId)
  return (chosen ?? memberships[0])?.orgId
}

function isWanted({ search, before }: OrgQuery) {
  return and(before === undefined ? undefined : lt(orgs.id, before), contains(search, orgs.name, orgs.slug))
}
