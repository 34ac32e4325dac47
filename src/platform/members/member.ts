import { and, desc, eq, lt } from 'drizzle-orm'
import { requireMayGive } from '#core/access/giving.ts'
import { grantsHeld } from '#core/access/held.ts'
import { requireAdminLeft } from '#core/access/last-admin.ts'
import { permissionsOf, type Role, requireRole } from '#core/access/roles.ts'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { lockRow, type Tx } from '#db/database.ts'

export type Member = Readonly<{
  /** Of the membership; lists are ordered by it. */
  id: number
  userId: number
  email: string
  name: string
  role: Role
  isActive: boolean
  joinedAt: Date
  /** To within five minutes; null for one who was never here. */
  lastActiveAt: Date | null
}>

export const MEMBER = {
  id: userOrgs.id,
  userId: userOrgs.userId,
  email: users.email,
  name: users.name,
  role: userOrgs.role,
  isActive: users.isActive,
  joinedAt: userOrgs.createdAt,
  lastActiveAt: userOrgs.lastActiveAt,
}

/** The org's members, the latest to join first: at most `limit`, with membership ids below `before`. For `member.read`. */
export async function listMembers(
  ctx: Context,
  scope: Scope,
  page: Readonly<{ limit: number; before?: number | undefined }>,
): Promise<Member[]> {
  const isLater = page.before === undefined ? undefined : lt(userOrgs.id, page.before)
  return await ctx.db
    .select(MEMBER)
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(eq(userOrgs.orgId, scope.orgId), isLater))
    .orderBy(desc(userOrgs.id))
    .limit(page.limit)
}

/**
 * Gives a member another role; it counts from his next request on. For `member.edit`. Errors: `invalid_role` (invalid),
 * `not_found` for whoever is no member of this org, `permission_denied` (forbidden) beyond one's own rights, `last_admin` (conflict).
 */
export async function changeRole(ctx: Context, scope: Scope, userId: number, newRole: string): Promise<Member> {
  const role = requireRole(newRole)
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, scope.orgId)
    const member = await requireMember(tx, scope.orgId, userId)
    if (member.role === role) return member
    requireMayGive(scope, [...permissionsOf(role), ...(await grantsHeld(tx, scope.orgId, userId))])
    await tx.update(userOrgs).set({ role }).where(eq(userOrgs.id, member.id))
    await requireAdminLeft(tx, scope.orgId)
    await record(ctx, tx, scope, 'member.role_changed', { user_id: userId, from: member.role, to: role })
    return { ...member, role }
  })
}

/**
 * Ends a membership and nothing else: the person's next request in this org is refused, his account stays. For
 * `member.edit`, on oneself too. Errors: `not_found` for whoever is no member of this org, `permission_denied` (forbidden) for one
 * with more rights, `last_admin` (conflict).
 */
export async function removeMember(ctx: Context, scope: Scope, userId: number): Promise<Member> {
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, scope.orgId)
    const member = await requireMember(tx, scope.orgId, userId)
    requireMayGive(scope, await grantsHeld(tx, scope.orgId, userId))
    await tx.delete(userOrgs).where(eq(userOrgs.id, member.id))
    await requireAdminLeft(tx, scope.orgId)
    await record(ctx, tx, scope, 'member.removed', { user_id: userId, email: member.email })
    return member
  })
}

async function requireMember(tx: Tx, orgId: number, userId: number): Promise<Member> {
  const [row] = await tx
    .select(MEMBER)
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(eq(userOrgs.orgId, orgId), eq(userOrgs.userId, userId)))
  if (!row) throw new AppError('not_found', 'not_found', 'There is no such member.')
  return row
}
