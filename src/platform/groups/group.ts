import { and, desc, eq, inArray, lt, ne, type SQL } from 'drizzle-orm'
import { requireMayGive } from '#core/access/giving.ts'
import { grantOf } from '#core/access/held.ts'
import { requireAdminLeft } from '#core/access/last-admin.ts'
import type { Grant } from '#core/access/permissions.ts'
import { groupGrants, groupMembers, groups } from '#core/access/tables.ts'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { type Database, lockRow, type Tx } from '#db/database.ts'
import { requireGroupName } from './group-name.ts'

export const GROUPS_MAX = 200

export type Group = Readonly<{
  id: number
  name: string
  createdAt: Date
  memberCount: number
  /** What this version knows of what it gives, in the order of giving. */
  grants: readonly Grant[]
}>

/** The org's groups, newest first: at most `limit`, with ids below `before`. For `group.read`. */
export async function listGroups(
  ctx: Context,
  scope: Scope,
  page: Readonly<{ limit: number; before?: number | undefined }>,
): Promise<Group[]> {
  const isLater = page.before === undefined ? undefined : lt(groups.id, page.before)
  const rows = await selectGroups(ctx.db, scope, isLater).orderBy(desc(groups.id)).limit(page.limit)
  return await withGrants(ctx.db, scope, rows)
}

/**
 * Makes a group without members and permissions. For `group.edit`. Errors: `invalid_name` (invalid), `group_exists` and
 * `too_many_groups` (conflict; an org has at most 200).
 */
export async function createGroup(ctx: Context, scope: Scope, input: Readonly<{ name: string }>): Promise<Group> {
  const { name, nameKey } = requireGroupName(input.name)
  const createdAt = ctx.clock.now()
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, scope.orgId)
    await refuseTakenName(tx, scope, nameKey)
    if ((await tx.$count(groups, eq(groups.orgId, scope.orgId))) >= GROUPS_MAX) {
      throw new AppError('conflict', 'too_many_groups', `An organization has at most ${GROUPS_MAX} groups.`)
    }
    const [row] = await tx
      .insert(groups)
      .values({ orgId: scope.orgId, name, nameKey, createdAt })
      .returning({ id: groups.id })
    if (!row) throw new Error('a group was not created')
    await record(ctx, tx, scope, 'group.created', { group_id: row.id, name })
    return { id: row.id, name, createdAt, memberCount: 0, grants: [] }
  })
}

/** Gives a group another name. For `group.edit`, also limited to it. Errors: `not_found`, and those of `createGroup` for names. */
export async function renameGroup(
  ctx: Context,
  scope: Scope,
  id: number,
  input: Readonly<{ name: string }>,
): Promise<Group> {
  const { name, nameKey } = requireGroupName(input.name)
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, scope.orgId)
    const group = await requireGroup(tx, scope, id)
    if (group.name === name) return group
    await refuseTakenName(tx, scope, nameKey, id)
    await tx.update(groups).set({ name, nameKey }).where(eq(groups.id, id))
    await record(ctx, tx, scope, 'group.renamed', { group_id: id, from: group.name, to: name })
    return { ...group, name }
  })
}

/**
 * Deletes a group: its members lose what it gave from their next request on, and other groups their grants that were limited to
 * it. For `group.edit`. Errors: `not_found`, `permission_denied` (forbidden) beyond one's own rights, `last_admin` (conflict).
 */
export async function deleteGroup(ctx: Context, scope: Scope, id: number): Promise<Group> {
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, scope.orgId)
    const group = await requireGroup(tx, scope, id)
    requireMayGive(scope, group.grants)
    await deleteGrantsFor(ctx, tx, scope, group)
    await tx.delete(groups).where(eq(groups.id, id))
    if (givesAdmin(group)) await requireAdminLeft(tx, scope.orgId)
    await record(ctx, tx, scope, 'group.deleted', { group_id: id, name: group.name })
    return group
  })
}

/** One group of the org; `not_found` for any other id. */
export async function requireGroup(db: Database | Tx, scope: Scope, id: number): Promise<Group> {
  const rows = await selectGroups(db, scope, eq(groups.id, id))
  const [group] = await withGrants(db, scope, rows)
  if (!group) throw new AppError('not_found', 'not_found', 'There is no such group.')
  return group
}

/** Whether its members may do everything because of it. */
export function givesAdmin({ grants }: Pick<Group, 'grants'>): boolean {
  return grants.some(({ permission, target }) => permission === 'org.admin' && target === undefined)
}

/** What limits a grant to a group. */
export function targetOf(groupId: number): string {
  return `group:${groupId}`
}

/** Groups of the org with their number of members, for `withGrants`. */
export function selectGroups(db: Database | Tx, scope: Scope, where?: SQL) {
  const memberCount = db.$count(groupMembers, eq(groupMembers.groupId, groups.id))
  return db
    .select({ id: groups.id, name: groups.name, createdAt: groups.createdAt, memberCount })
    .from(groups)
    .where(and(eq(groups.orgId, scope.orgId), where))
    .$dynamic()
}

/** The same groups with what they give: one statement for all of them. */
export async function withGrants(
  db: Database | Tx,
  scope: Scope,
  rows: readonly Omit<Group, 'grants'>[],
): Promise<Group[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const found = await db
    .select({ groupId: groupGrants.groupId, permission: groupGrants.permission, target: groupGrants.target })
    .from(groupGrants)
    .where(and(eq(groupGrants.orgId, scope.orgId), inArray(groupGrants.groupId, ids)))
    .orderBy(groupGrants.id)
  const byGroup = Map.groupBy(found, ({ groupId }) => groupId)
  return rows.map((row) => ({ ...row, grants: (byGroup.get(row.id) ?? []).flatMap(grantOf) }))
}

async function refuseTakenName(tx: Tx, scope: Scope, nameKey: string, exceptId?: number): Promise<void> {
  const isOther = exceptId === undefined ? undefined : ne(groups.id, exceptId)
  const taken = await tx.$count(groups, and(eq(groups.orgId, scope.orgId), eq(groups.nameKey, nameKey), isOther))
  if (taken === 0) return
  throw new AppError('conflict', 'group_exists', 'There is a group of this name.', { field: 'name' })
}

/** What other groups may do with this one ends with it. */
async function deleteGrantsFor(ctx: Context, tx: Tx, scope: Scope, { id }: Group): Promise<void> {
  const target = targetOf(id)
  const isFor = and(eq(groupGrants.orgId, scope.orgId), eq(groupGrants.target, target))
  const held = await tx
    .select({ groupId: groups.id, name: groups.name, permission: groupGrants.permission })
    .from(groupGrants)
    .innerJoin(groups, eq(groups.id, groupGrants.groupId))
    .where(isFor)
  await tx.delete(groupGrants).where(isFor)
  for (const { groupId, name, permission } of held) {
    if (groupId === id) continue
    await record(ctx, tx, scope, 'group.permission_revoked', { group_id: groupId, name, permission, target })
  }
}
