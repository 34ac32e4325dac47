import { and, asc, eq } from 'drizzle-orm'
import { grantOf } from '#core/access/held.ts'
import { groupGrants, groups } from '#core/access/tables.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'

/** One group with what it gives, and the names of all, in one statement. For `group.read`. Error: `not_found`. */
export async function readGroup(ctx: Context, scope: Scope, id: number) {
  const rows = await ctx.db
    .select({ id: groups.id, name: groups.name, permission: groupGrants.permission, target: groupGrants.target })
    .from(groups)
    .leftJoin(groupGrants, and(eq(groupGrants.groupId, groups.id), eq(groups.id, id)))
    .where(eq(groups.orgId, scope.orgId))
    .orderBy(asc(groupGrants.id))
  const own = rows.filter((row) => row.id === id)
  const [first] = own
  if (!first) throw new AppError('not_found', 'not_found', 'There is no such group.')
  const all = [...new Map(rows.map((row) => [row.id, { id: row.id, name: row.name }])).values()]
  return { id, name: first.name, grants: own.flatMap(grantOf), all }
}
