import { eq, sql } from 'drizzle-orm'
import type { Person } from '#core/access/person.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { prepared } from '#db/database.ts'

/** The slug a host names under `APEX_DOMAIN`; undefined for the bare install (localhost, an IP, any other name). */
export function slugOfHost(apexDomain: string, host: string | null): string | undefined {
  const name = (host ?? '').toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
  if (!name.endsWith(`.${apexDomain}`)) return undefined
  return name.slice(0, -apexDomain.length - 1)
}

/** The slug of the host, known to belong to an org: a host under the apex without one is 404 `not_found`. */
export async function requireHostSlug(ctx: Context, request: Request, person?: Person): Promise<string | undefined> {
  const slug = slugOfHost(ctx.config.apexDomain, request.headers.get('host'))
  if (slug === undefined || person?.memberships.some((membership) => membership.slug === slug)) return slug
  const rows = await prepared(ctx.db, 'org_by_slug', (db) =>
    db
      .select({ id: orgs.id })
      .from(orgs)
      .where(eq(orgs.slug, sql.placeholder('slug'))),
  ).execute({ slug })
  if (rows.length === 0) throw new AppError('not_found', 'not_found', 'There is no organization at this address.')
  return slug
}
