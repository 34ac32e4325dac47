import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { GROUPS_MAX, type Group, selectGroups, withGrants } from './group.ts'
import { keyOf } from './group-name.ts'

export const MATRIX_ROWS = 25
const COLLATOR = new Intl.Collator('en')

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
  const all = rows.map((row) => ({ ...row, key: keyOf(row.name) })).sort((a, b) => order(a.key, b.key))
  const found = all.filter(({ key }) => key.includes(keyOf(search)))
  const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString('utf8')
  const rest = found.filter(({ key }) => order(key, after) > 0)
  const shown = rest.slice(0, limit)
  const last = shown.at(-1)
  return {
    groups: await withGrants(ctx.db, scope, shown),
    all,
    found: found.length,
    nextCursor: last && rest.length > limit ? Buffer.from(last.key).toString('base64url') : undefined,
  }
}

/** As people look for names, Ä beside A; no two keys are equal. */
function order(key: string, other: string): number {
  return COLLATOR.compare(key, other) || (key < other ? -1 : Number(key > other))
}
