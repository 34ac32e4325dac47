import { asc, eq, inArray } from 'drizzle-orm'
import { grantOf } from '#core/access/held.ts'
import type { Grant } from '#core/access/permissions.ts'
import type { Role } from '#core/access/roles.ts'
import { groupGrants, groupMembers } from '#core/access/tables.ts'
import { orgs, userOrgs } from '#core/tenancy/tables.ts'
import type { Database, Tx } from '#db/database.ts'

export type AccountMembership = Readonly<{
  orgId: number
  slug: string
  name: string
  role: Role
  /** What the groups of this org add to the role. */
  grants: readonly Grant[]
}>

/** The rows with their memberships, in one statement whatever their number. */
export async function withMemberships<R extends { id: number }>(
  db: Database | Tx,
  rows: readonly R[],
): Promise<(R & { memberships: readonly AccountMembership[] })[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const found = await db
    .select({
      membershipId: userOrgs.id,
      userId: userOrgs.userId,
      orgId: orgs.id,
      slug: orgs.slug,
      name: orgs.name,
      role: userOrgs.role,
      permission: groupGrants.permission,
      target: groupGrants.target,
    })
    .from(userOrgs)
    .innerJoin(orgs, eq(orgs.id, userOrgs.orgId))
    .leftJoin(groupMembers, eq(groupMembers.membershipId, userOrgs.id))
    .leftJoin(groupGrants, eq(groupGrants.groupId, groupMembers.groupId))
    .where(inArray(userOrgs.userId, ids))
    .orderBy(asc(userOrgs.id))
  const byUser = Map.groupBy(found, ({ userId }) => userId)
  return rows.map((row) => {
    const memberships = [...Map.groupBy(byUser.get(row.id) ?? [], ({ membershipId }) => membershipId).values()]
    return { ...row, memberships: memberships.flatMap(membershipOf) }
  })
}
type MembershipRow = Omit<AccountMembership, 'grants'> & { permission: string | null; target: string | null }

/** One membership from its rows, of which there is one for each grant. */
function membershipOf(rows: readonly MembershipRow[]): AccountMembership[] {
  const [first] = rows
  if (!first) return []
  const { orgId, slug, name, role } = first
  return [{ orgId, slug, name, role, grants: rows.flatMap(grantOf) }]
}
