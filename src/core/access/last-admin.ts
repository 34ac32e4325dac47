import { and, count, eq, exists, or } from 'drizzle-orm'
import { groupGrants, groupMembers } from '#core/access/tables.ts'
import { AppError } from '#core/errors.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import type { Database, Tx } from '#db/database.ts'

/**
 * Refuses a change that left an org without anybody who can sign in and holds `org.admin`, by role or by a group: call it
 * after the change, with the org's row locked before it. Error: `last_admin` (conflict).
 */
export async function requireAdminLeft(tx: Tx, orgId: number): Promise<void> {
  if ((await countAdmins(tx, orgId)) > 0) return
  throw new AppError(
    'conflict',
    'last_admin',
    'An organization keeps at least one admin. Make someone else admin first.',
  )
}

/** How many active members hold `org.admin`, by their role or by a group. */
export async function countAdmins(db: Database | Tx, orgId: number): Promise<number> {
  const [row] = await db
    .select({ admins: count() })
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(eq(userOrgs.orgId, orgId), eq(users.isActive, true), isAdmin(db)))
  return row?.admins ?? 0
}

/** The names of active members who hold `org.admin`, those who joined first. */
export async function listAdminNames(db: Database | Tx, orgId: number, limit: number): Promise<string[]> {
  const rows = await db
    .select({ name: users.name })
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(eq(userOrgs.orgId, orgId), eq(users.isActive, true), isAdmin(db)))
    .orderBy(userOrgs.id)
    .limit(limit)
  return rows.map(({ name }) => name)
}

/** The ids of active members who hold `org.admin`, those who joined first. */
export async function listAdminIds(db: Database | Tx, orgId: number, limit: number): Promise<number[]> {
  const rows = await db
    .select({ id: users.id })
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(eq(userOrgs.orgId, orgId), eq(users.isActive, true), isAdmin(db)))
    .orderBy(userOrgs.id)
    .limit(limit)
  return rows.map(({ id }) => id)
}

/** Whether a membership of the outer query carries `org.admin`. */
export function isAdmin(db: Database | Tx) {
  const byGroup = db
    .select({ id: groupMembers.id })
    .from(groupMembers)
    .innerJoin(groupGrants, eq(groupGrants.groupId, groupMembers.groupId))
    .where(
      and(
        eq(groupMembers.membershipId, userOrgs.id),
        eq(groupGrants.permission, 'org.admin'),
        eq(groupGrants.target, ''),
      ),
    )
  return or(eq(userOrgs.role, 'admin'), exists(byGroup))
}
