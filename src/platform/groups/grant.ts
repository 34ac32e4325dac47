import { and, eq } from 'drizzle-orm'
import { requireMayGive } from '#core/access/giving.ts'
import { requireAdminLeft } from '#core/access/last-admin.ts'
import { type Grant, isPermission, targetKindOf } from '#core/access/permissions.ts'
import { groupGrants, groups } from '#core/access/tables.ts'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { lockRow, type Tx } from '#db/database.ts'
import { type Group, requireGroup } from './group.ts'

/** Grants of one group that are limited to one thing each. */
export const LIMITED_GRANTS_MAX = 50
const TARGET = /^([a-z]+):([1-9]\d{0,14})$/

/** As it arrives: a permission's name, and `group:5` to limit it to that group. */
export type WantedGrant = Readonly<{ permission: string; target?: string | undefined }>

/**
 * Gives a group a permission; it counts from its members' next requests on. Giving it again changes nothing. For `group.edit`.
 * Errors: `unknown_permission`, `invalid_target` (invalid); `permission_denied` (forbidden) for what one does not hold;
 * `not_found` for a group, or a target, that is not the org's; `too_many_grants` (conflict; 50 limited ones a group).
 */
export async function grantPermission(
  ctx: Context,
  scope: Scope,
  groupId: number,
  wanted: WantedGrant,
): Promise<Group> {
  const grant = requireGrant(wanted)
  requireMayGive(scope, [grant])
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, scope.orgId)
    const group = await requireGroup(tx, scope, groupId)
    await requireTarget(tx, scope, grant)
    if (group.grants.some((held) => isSame(held, grant))) return group
    const limited = group.grants.filter(({ target }) => target !== undefined).length
    if (grant.target !== undefined && limited >= LIMITED_GRANTS_MAX) {
      const words = `A group has at most ${LIMITED_GRANTS_MAX} limited permissions.`
      throw new AppError('conflict', 'too_many_grants', words)
    }
    await tx.insert(groupGrants).values({ orgId: scope.orgId, groupId, ...stored(grant), createdAt: ctx.clock.now() })
    await record(ctx, tx, scope, 'group.permission_granted', detailOf(group, grant))
    return { ...group, grants: [...group.grants, grant] }
  })
}

/**
 * Takes a permission from a group; its members are without it from their next requests on. Taking it again changes nothing.
 * For `group.edit`. Errors as `grantPermission`, and `last_admin` (conflict) for the last way to `org.admin`.
 */
export async function revokePermission(
  ctx: Context,
  scope: Scope,
  groupId: number,
  wanted: WantedGrant,
): Promise<Group> {
  const grant = requireGrant(wanted)
  requireMayGive(scope, [grant])
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, scope.orgId)
    const group = await requireGroup(tx, scope, groupId)
    await requireTarget(tx, scope, grant)
    const { permission, target } = stored(grant)
    const gone = await tx
      .delete(groupGrants)
      .where(
        and(eq(groupGrants.groupId, groupId), eq(groupGrants.permission, permission), eq(groupGrants.target, target)),
      )
      .returning({ id: groupGrants.id })
    if (gone.length === 0) return group
    if (permission === 'org.admin') await requireAdminLeft(tx, scope.orgId)
    await record(ctx, tx, scope, 'group.permission_revoked', detailOf(group, grant))
    return { ...group, grants: group.grants.filter((held) => !isSame(held, grant)) }
  })
}

function requireGrant({ permission, target }: WantedGrant): Grant {
  if (!isPermission(permission)) {
    throw new AppError('invalid', 'unknown_permission', 'There is no such permission.', { field: 'permission' })
  }
  if (target === undefined) return { permission, target }
  const kind = targetKindOf(permission)
  if (kind === undefined || TARGET.exec(target)?.[1] !== kind) {
    const words = kind
      ? `This permission can be limited to one ${kind}: ${kind}:1, with its id.`
      : 'This permission is for the whole organization and cannot be limited.'
    throw new AppError('invalid', 'invalid_target', words, { field: 'target' })
  }
  return { permission, target }
}

/** The one thing has to be there, in this org. */
async function requireTarget(tx: Tx, scope: Scope, { target }: Grant): Promise<void> {
  if (target === undefined) return
  const id = Number(TARGET.exec(target)?.[2])
  const isThere = await tx.$count(groups, and(eq(groups.id, id), eq(groups.orgId, scope.orgId)))
  if (isThere === 0) throw new AppError('not_found', 'not_found', 'There is no such group to limit it to.')
}

function stored({ permission, target }: Grant) {
  return { permission, target: target ?? '' }
}

function isSame(one: Grant, other: Grant): boolean {
  return one.permission === other.permission && one.target === other.target
}

function detailOf({ id, name }: Group, { permission, target }: Grant) {
  return { group_id: id, name, permission, target: target ?? null }
}
