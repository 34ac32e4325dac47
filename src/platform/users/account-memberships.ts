import { asc, eq, inArray } from 'drizzle-orm'
import { grantOf } from '#core/access/held.ts'
import type { Grant } from '#core/access/permissions.ts'
import type { Role } from '#core/access/roles.ts'
import { groupGrants, groupMembers } from '#core/access/tables.ts'
import { mailOrgOf } from '#core/mail/mail-org.ts'
import { smtpSettings } from '#core/mail/tables.ts'
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

/** Which relay carries the mails about an account: that of `orgId`, where it has one, else the platform's. */
export type AccountMail = Readonly<{ orgId: number | undefined; hasOwnRelay: boolean }>

type Belonging = Readonly<{ memberships: readonly AccountMembership[]; mail: AccountMail }>

/** The rows with their memberships and the way of their mails, in one statement whatever their number. */
export async function withMemberships<R extends { id: number; isSuperadmin: boolean }>(
  db: Database | Tx,
  rows: readonly R[],
): Promise<(R & Belonging)[]> {
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
      relayOrgId: smtpSettings.orgId,
      orgsInAll: db.$count(orgs),
    })
    .from(userOrgs)
    .innerJoin(orgs, eq(orgs.id, userOrgs.orgId))
    .leftJoin(smtpSettings, eq(smtpSettings.orgId, orgs.id))
    .leftJoin(groupMembers, eq(groupMembers.membershipId, userOrgs.id))
    .leftJoin(groupGrants, eq(groupGrants.groupId, groupMembers.groupId))
    .where(inArray(userOrgs.userId, ids))
    .orderBy(asc(userOrgs.id))
  const byUser = Map.groupBy(found, ({ userId }) => userId)
  return rows.map((row) => {
    const own = byUser.get(row.id) ?? []
    const memberships = [...Map.groupBy(own, ({ membershipId }) => membershipId).values()].flatMap(membershipOf)
    return { ...row, memberships, mail: mailOf(row, own) }
  })
}

type MembershipRow = Omit<AccountMembership, 'grants'> & { permission: string | null; target: string | null }
type MailRow = Readonly<{ orgId: number; orgsInAll: number; relayOrgId: number | null }>

function mailOf({ isSuperadmin }: Readonly<{ isSuperadmin: boolean }>, rows: readonly MailRow[]): AccountMail {
  const orgIds = [...new Set(rows.map((row) => row.orgId))]
  const orgId = mailOrgOf({ isSuperadmin, orgIds, orgsInAll: rows[0]?.orgsInAll ?? 0 })
  return { orgId, hasOwnRelay: rows.some(({ relayOrgId }) => relayOrgId !== null && relayOrgId === orgId) }
}

/** One membership from its rows, of which there is one for each grant. */
function membershipOf(rows: readonly MembershipRow[]): AccountMembership[] {
  const [first] = rows
  if (!first) return []
  const { orgId, slug, name, role } = first
  return [{ orgId, slug, name, role, grants: rows.flatMap(grantOf) }]
}
