import { and, asc, eq } from 'drizzle-orm'
import { grantOf } from '#core/access/held.ts'
import { groupGrants, groups } from '#core/access/tables.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { GROUPS_MAX, type Group, selectGroups, withGrants } from './group.ts'
import { keyOf } from './group-name.ts'

export const MATRIX_ROWS = 25

export type Matrix = Readonly<{
  /** By name. */
  groups: readonly Group[]
  /** Every group of the org by name, whatever was searched for: at most 200. */
  all: readonly Readonly<{ id: number; name: string }>[]
  /** How many the search finds, on all of its pages. */
  found: number
  nextCursor: string | undefined
}>

/** The org's groups by name, with what they give; two statements whatever their number. For `group.read`. */
export async function listMatrix(
  ctx: Context,
  scope: Scope,
  query: Readonly<{ search: string; cursor?: string | undefined; limit?: number }>,
): Promise<Matrix> {
  const { search, cursor, limit = MATRIX_ROWS } = query
  const rows = await selectGroups(ctx.db, scope).limit(GROUPS_MAX)
  const all = rows.map((row) => ({ ...row, key: keyOf(row.name) })).sort((a, b) => (a.key < b.key ? -1 : 1))
  const found = all.filter(({ key }) => key.includes(keyOf(search)))
  const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString('utf8')
  const rest = found.filter(({ key }) => key > after)
  const shown = rest.slice(0, limit)
  const last = shown.at(-1)
  return {
    groups: await withGrants(ctx.db, scope, shown),
    all,
    found: found.length,
    nextCursor: last && rest.length > limit ? Buffer.from(last.key).toString('base64url') : undefined,
  }
}

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
