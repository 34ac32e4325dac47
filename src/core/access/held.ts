import { and, eq } from 'drizzle-orm'
import { type Grant, isPermission, type Permission, type Rights } from '#core/access/permissions.ts'
import { type Role, rightsOf } from '#core/access/roles.ts'
import { groupGrants, groupMembers } from '#core/access/tables.ts'
import { userOrgs } from '#core/tenancy/tables.ts'
import type { Database, Tx } from '#db/database.ts'

const NONE: Rights = { permissions: new Set(), limited: new Set() }

/** What a member may do in an org now, by his role and his groups; nothing for whoever is no member. */
export async function rightsHeld(db: Database | Tx, orgId: number, userId: number): Promise<Rights> {
  const held = await findHeld(db, orgId, userId)
  return held ? rightsOf(held.role, held.grants) : NONE
}

/** The permissions a member has for all of an org; none for whoever is no member. */
export async function permissionsHeld(
  db: Database | Tx,
  orgId: number,
  userId: number,
): Promise<ReadonlySet<Permission>> {
  return (await rightsHeld(db, orgId, userId)).permissions
}

/** All of it as grants, those for one thing included: what `requireMayGive` is asked before they are taken away. */
export async function grantsHeld(db: Database | Tx, orgId: number, userId: number): Promise<Grant[]> {
  const held = await findHeld(db, orgId, userId)
  if (!held) return []
  const general = [...rightsOf(held.role, held.grants).permissions]
  return [
    ...general.map((permission) => ({ permission, target: undefined })),
    ...held.grants.filter(({ target }) => target !== undefined),
  ]
}

/** A stored grant; none when this version does not know its permission. */
export function grantOf(row: { permission: string | null; target: string | null }): Grant[] {
  const { permission, target } = row
  return permission !== null && isPermission(permission) ? [{ permission, target: target || undefined }] : []
}

async function findHeld(
  db: Database | Tx,
  orgId: number,
  userId: number,
): Promise<{ role: Role; grants: Grant[] } | undefined> {
  const rows = await db
    .select({ role: userOrgs.role, permission: groupGrants.permission, target: groupGrants.target })
    .from(userOrgs)
    .leftJoin(groupMembers, eq(groupMembers.membershipId, userOrgs.id))
    .leftJoin(groupGrants, eq(groupGrants.groupId, groupMembers.groupId))
    .where(and(eq(userOrgs.orgId, orgId), eq(userOrgs.userId, userId)))
  const [first] = rows
  return first && { role: first.role, grants: rows.flatMap(grantOf) }
}
