import { eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'

/** The operator's scope in an org, which is named by its slug. Throws `no_such_org` (not_found). */
export async function operatorScope(ctx: Pick<Context, 'db'>, slug: string): Promise<Scope> {
  const [org] = await ctx.db.select({ id: orgs.id }).from(orgs).where(eq(orgs.slug, slug))
  if (org) return { orgId: org.id, actor: { kind: 'operator' }, permissions: new Set<never>() }
  throw new AppError('not_found', 'no_such_org', `There is no organization with the slug "${slug.slice(0, 63)}".`)
}
