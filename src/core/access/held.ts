import { and, eq } from 'drizzle-orm'
import { type Grant, isPermission, type Permission } from '#core/access/permissions.ts'
import { rightsOf } from '#core/access/roles.ts'
import { groupGrants, groupMembers } from '#core/access/tables.ts'
import { userOrgs } from '#core/tenancy/tables.ts'
import type { Database, Tx } from '#db/database.ts'

/** The permissions a member has for all of an org, by his role and his groups; none for whoever is no member. */
export async function permissionsHeld(
  db: Database | Tx,
  orgId: number,
  userId: number,
): Promise<ReadonlySet<Permission>> {
  const rows = await db
    .select({ role: userOrgs.role, permission: groupGrants.permission, target: groupGrants.target })
    .from(userOrgs)
    .leftJoin(groupMembers, eq(groupMembers.membershipId, userOrgs.id))
    .leftJoin(groupGrants, eq(groupGrants.groupId, groupMembers.groupId))
    .where(and(eq(userOrgs.orgId, orgId), eq(userOrgs.userId, userId)))
  const [first] = rows
  return first ? rightsOf(first.role, rows.flatMap(grantOf)).permissions : new Set()
}

/** A stored grant; none when this version does not know its permission. */
export function grantOf(row: { permission: string | null; target: string | null }): Grant[] {
  const { permission, target } = row
  return permission !== null && isPermission(permission) ? [{ permission, target: target || undefined }] : []
}
