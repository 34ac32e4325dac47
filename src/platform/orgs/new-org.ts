import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import type { Self } from '#core/scope.ts'
import { addMember, createOrg, requireSlug } from '#core/tenancy/org.ts'
import { requireName } from '#core/tenancy/user.ts'
import type { ListedOrg } from './org-list.ts'

const FIELDS = { slug: 'slug', name: 'name' }

/**
 * Makes an org with oneself as its first admin. For a superadmin. Errors: `invalid_slug`, `invalid_name` (invalid),
 * `slug_taken` (conflict).
 */
export async function createOwnOrg(
  ctx: Context,
  self: Self,
  input: Readonly<{ slug: string; name: string }>,
): Promise<ListedOrg & { role: 'admin'; memberCount: number }> {
  const slug = requireSlug(input.slug, FIELDS.slug)
  const name = requireName(input.name, FIELDS.name)
  const { userId } = self.actor
  const id = await ctx.db.transaction(async (tx) => {
    const orgId = await createOrg(ctx, tx, { slug, name }, FIELDS)
    await addMember(ctx, tx, orgId, userId, 'admin')
    await record(ctx, tx, { ...self, orgId }, 'org.created', { org_id: orgId, slug, name })
    return orgId
  })
  return { id, slug, name, createdAt: ctx.clock.now(), role: 'admin', memberCount: 1 }
}
