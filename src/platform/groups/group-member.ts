import { and, asc, desc, eq, lt, notExists, or } from 'drizzle-orm'
import { requireMayGive } from '#core/access/giving.ts'
import { requireAdminLeft } from '#core/access/last-admin.ts'
import type { Role } from '#core/access/roles.ts'
import { groupMembers, groups } from '#core/access/tables.ts'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { lockRow, type Tx } from '#db/database.ts'
import { contains } from '#db/text-search.ts'
import { normalizeEmail } from '#lib/email.ts'
import { givesAdmin, requireGroup } from './group.ts'

/** How many people a form suggests; in a larger org the e-mail is typed out. */
export const SUGGESTIONS_MAX = 200

export type GroupMember = Readonly<{
  /** Of the place in the group; lists are ordered by it. */
  id: number
  userId: number
  email: string
  name: string
  role: Role
  isActive: boolean
  addedAt: Date
}>

/** `isNew` tells whether anything changed. */
export type Placed = Readonly<{ member: GroupMember; isNew: boolean }>

const MEMBER = {
  id: groupMembers.id,
  userId: users.id,
  email: users.email,
  name: users.name,
  role: userOrgs.role,
  isActive: users.isActive,
  addedAt: groupMembers.createdAt,
}

/** The people in a group, the latest first: at most `limit`. For `group.read`. Error: `not_found`. */
export async function listGroupMembers(
  ctx: Context,
  scope: Scope,
  groupId: number,
  page: Readonly<{ limit: number; before?: number | undefined }>,
): Promise<GroupMember[]> {
  const isHere = and(eq(groups.id, groupId), eq(groups.orgId, scope.orgId))
  const [isThere, rows] = await Promise.all([
    ctx.db.$count(groups, isHere),
    findGroupMembers(ctx, scope, groupId, page),
  ])
  if (isThere === 0) throw new AppError('not_found', 'not_found', 'There is no such group.')
  return rows
}

/** The same people, also by a part of their name or e-mail; nobody for a group that is not the org's. */
export async function findGroupMembers(
  ctx: Context,
  scope: Scope,
  groupId: number,
  page: Readonly<{ limit: number; before?: number | undefined; search?: string }>,
): Promise<GroupMember[]> {
  const isHere = and(eq(groupMembers.groupId, groupId), eq(groupMembers.orgId, scope.orgId))
  const isLater = page.before === undefined ? undefined : lt(groupMembers.id, page.before)
  return await ctx.db
    .select(MEMBER)
    .from(groupMembers)
    .innerJoin(userOrgs, eq(userOrgs.id, groupMembers.membershipId))
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(isHere, isLater, contains(page.search ?? '', users.name, users.email)))
    .orderBy(desc(groupMembers.id))
    .limit(page.limit)
}

/**
 * Puts a member of the org into a group; what it gives counts from his next request on. Doing it again changes nothing. For
 * `group.edit`, also limited to the group. Errors: `not_found` for a group or a person that is not the org's;
 * `permission_denied` (forbidden) when the group gives what one does not hold.
 */
export async function addGroupMember(ctx: Context, scope: Scope, groupId: number, userId: number): Promise<Placed> {
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, scope.orgId)
    const group = await requireGroup(tx, scope, groupId)
    const { membershipId, email } = await requireMembership(tx, scope, userId)
    requireMayGive(scope, group.grants)
    const made = await tx
      .insert(groupMembers)
      .values({ orgId: scope.orgId, groupId, membershipId, createdAt: ctx.clock.now() })
      .onConflictDoNothing()
      .returning({ id: groupMembers.id })
    if (made.length > 0) {
      const detail = { group_id: groupId, name: group.name, user_id: userId, email }
      await record(ctx, tx, scope, 'group.member_added', detail)
    }
    return { member: await requirePlace(tx, groupId, membershipId), isNew: made.length > 0 }
  })
}

/**
 * Takes a person out of a group; it counts from his next request on. Doing it again changes nothing. Who may, and errors, as
 * `addGroupMember`, and `last_admin` (conflict) for the last who holds `org.admin`. Answers with the person's name, or e-mail.
 */
export async function removeGroupMember(ctx: Context, scope: Scope, groupId: number, userId: number): Promise<string> {
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, scope.orgId)
    const group = await requireGroup(tx, scope, groupId)
    const { membershipId, email, name } = await requireMembership(tx, scope, userId)
    requireMayGive(scope, group.grants)
    const gone = await tx
      .delete(groupMembers)
      .where(and(eq(groupMembers.groupId, groupId), eq(groupMembers.membershipId, membershipId)))
      .returning({ id: groupMembers.id })
    if (gone.length > 0) {
      if (givesAdmin(group)) await requireAdminLeft(tx, scope.orgId)
      const detail = { group_id: groupId, name: group.name, user_id: userId, email }
      await record(ctx, tx, scope, 'group.member_removed', detail)
    }
    return name || email
  })
}

/** People of the org who are not in the group yet, by name, at most 200. For `group.edit`, also limited to the group. */
export async function listCandidates(ctx: Context, scope: Scope, groupId: number) {
  const isIn = ctx.db
    .select({ id: groupMembers.id })
    .from(groupMembers)
    .where(and(eq(groupMembers.membershipId, userOrgs.id), eq(groupMembers.groupId, groupId)))
  return await ctx.db
    .select({ email: users.email, name: users.name })
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(eq(userOrgs.orgId, scope.orgId), notExists(isIn)))
    .orderBy(asc(users.name), asc(users.id))
    .limit(SUGGESTIONS_MAX)
}

/** The member whose e-mail, or whose name, somebody typed; `no_such_member` (invalid), also for a name that several bear. */
export async function requirePersonCalled(ctx: Context, scope: Scope, typed: string): Promise<number> {
  const text = typed.trim()
  const email = normalizeEmail(text)
  const isMeant = email === undefined ? eq(users.name, text) : or(eq(users.email, email), eq(users.name, text))
  const found = await ctx.db
    .select({ userId: users.id, email: users.email })
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(eq(userOrgs.orgId, scope.orgId), isMeant))
    .limit(SUGGESTIONS_MAX)
  const meant = found.find((one) => one.email === email) ?? (found.length === 1 ? found[0] : undefined)
  if (meant) return meant.userId
  const words = found.length > 1 ? 'Several members bear this name: type the e-mail.' : 'No member is called so here.'
  throw new AppError('invalid', 'no_such_member', words, { field: 'person' })
}

async function requireMembership(tx: Tx, scope: Scope, userId: number) {
  const [row] = await tx
    .select({ membershipId: userOrgs.id, email: users.email, name: users.name })
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(eq(userOrgs.orgId, scope.orgId), eq(userOrgs.userId, userId)))
  if (!row) throw new AppError('not_found', 'not_found', 'There is no such member.')
  return row
}

async function requirePlace(tx: Tx, groupId: number, membershipId: number): Promise<GroupMember> {
  const [row] = await tx
    .select(MEMBER)
    .from(groupMembers)
    .innerJoin(userOrgs, eq(userOrgs.id, groupMembers.membershipId))
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(eq(groupMembers.groupId, groupId), eq(groupMembers.membershipId, membershipId)))
  if (!row) throw new Error('a place in a group was not made')
  return row
}
