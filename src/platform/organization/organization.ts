import { eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import type { Brand } from '#core/tenancy/brand.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { requireName } from '#core/tenancy/user.ts'
import { lockRow, type Tx } from '#db/database.ts'
import { parseColor } from '#lib/color.ts'

export type OrganizationChange = Readonly<{
  name?: string | undefined
  /** `#rrggbb`; null for Honeyframe's own. */
  color?: string | null | undefined
}>

/**
 * Changes the name and the colour of the org; what is absent stays. For `org.edit`. Comes back with what the org shows of itself now.
 * Errors: `invalid_name`, `invalid_color` (invalid).
 */
export async function updateOrganization(ctx: Context, scope: Scope, change: OrganizationChange): Promise<Brand> {
  const wanted = {
    ...(change.name !== undefined && { name: requireName(change.name) }),
    ...(change.color !== undefined && { color: requireColor(change.color) }),
  }
  return await ctx.db.transaction(async (tx) => {
    const org = await lockOrg(tx, scope.orgId)
    const fields = [
      ...(wanted.name !== undefined && wanted.name !== org.name ? ['name'] : []),
      ...(wanted.color !== undefined && wanted.color !== org.color ? ['color'] : []),
    ]
    if (fields.length === 0) return org
    await tx.update(orgs).set(wanted).where(eq(orgs.id, scope.orgId))
    await record(ctx, tx, scope, 'org.updated', { fields })
    return { ...org, ...wanted }
  })
}

/** What the org shows of itself, held until the transaction ends: a logo and its hash change together. */
export async function lockOrg(tx: Tx, orgId: number): Promise<Brand> {
  await lockRow(tx, orgs, orgId)
  const [org] = await tx
    .select({ slug: orgs.slug, name: orgs.name, color: orgs.color, logoHash: orgs.logoHash })
    .from(orgs)
    .where(eq(orgs.id, orgId))
  if (!org) throw new AppError('not_found', 'not_found', 'There is no such organization.')
  return org
}

function requireColor(text: string | null): string | null {
  const color = text === null ? null : parseColor(text)
  if (color !== undefined) return color
  const words = 'A colour is a # and six digits from 0 to f, such as #0a5fb8.'
  throw new AppError('invalid', 'invalid_color', words, { field: 'color' })
}
