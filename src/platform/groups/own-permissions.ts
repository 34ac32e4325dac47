import { and, asc, eq } from 'drizzle-orm'
import { grantOf } from '#core/access/held.ts'
import { PERMISSIONS, type Permission } from '#core/access/permissions.ts'
import { permissionsOf, type Role } from '#core/access/roles.ts'
import { groupGrants, groupMembers, groups } from '#core/access/tables.ts'
import type { Context } from '#core/context.ts'
import { userOrgs } from '#core/tenancy/tables.ts'

/** Where a permission comes from: one's role, or a group that gives it (or `org.admin`, which is all of them). */
export type Source = Readonly<{ kind: 'role'; name: string } | { kind: 'group'; id: number; name: string }>

export type OwnPermission = Readonly<{ permission: Permission; target: string | undefined; from: readonly Source[] }>

/** A person in his org, with all that he may do there. */
type Holder = Readonly<{ userId: number; role: Role; permissions: ReadonlySet<Permission> }>

/** What a person may do in his org, for all of it first, and why. For every member, about himself. */
export async function listOwnPermissions(ctx: Context, orgId: number, holder: Holder): Promise<OwnPermission[]> {
  const rows = await ctx.db
    .select({
      id: groups.id,
      name: groups.name,
      permission: groupGrants.permission,
      target: groupGrants.target,
    })
    .from(userOrgs)
    .innerJoin(groupMembers, eq(groupMembers.membershipId, userOrgs.id))
    .innerJoin(groups, eq(groups.id, groupMembers.groupId))
    .innerJoin(groupGrants, eq(groupGrants.groupId, groups.id))
    .where(and(eq(userOrgs.orgId, orgId), eq(userOrgs.userId, holder.userId)))
    .orderBy(asc(groups.id), asc(groupGrants.id))
  const given = rows.flatMap((row) => {
    const source = { kind: 'group' as const, id: row.id, name: row.name }
    return grantOf(row).map((grant) => ({ ...grant, source }))
  })
  const general = PERMISSIONS.filter((permission) => holder.permissions.has(permission)).map((permission) => {
    const isGiven = (one: (typeof given)[number]) =>
      one.target === undefined && (one.permission === permission || one.permission === 'org.admin')
    const sources = given.filter(isGiven).map(({ source }) => source)
    return { permission, target: undefined, from: [...roleSources(holder, permission), ...distinct(sources)] }
  })
  const limited = Map.groupBy(
    given.filter(({ target }) => target !== undefined),
    ({ permission, target }) => `${permission}@${target}`,
  )
  return [
    ...general,
    ...[...limited.values()].flatMap((same) => {
      const [first] = same
      return first ? [{ permission: first.permission, target: first.target, from: same.map((one) => one.source) }] : []
    }),
  ]
}

function roleSources({ role }: Holder, permission: Permission): Source[] {
  return permissionsOf(role).has(permission) ? [{ kind: 'role', name: role }] : []
}

/** A group that gives `org.admin` beside a permission of it is named once. */
function distinct(sources: readonly Extract<Source, { kind: 'group' }>[]): Source[] {
  return sources.filter(({ id }, at) => sources.findIndex((other) => other.id === id) === at)
}
