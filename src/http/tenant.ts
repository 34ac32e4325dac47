import type { Person } from '#core/access/person.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { type Brand, findBrand } from '#core/tenancy/brand.ts'
import { factsOf } from '#http/request-facts.ts'

/** The slug a host names under `APEX_DOMAIN`; undefined for the bare install (localhost, an IP, any other name). */
export function slugOfHost(apexDomain: string, host: string | null): string | undefined {
  const name = (host ?? '').toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
  if (!name.endsWith(`.${apexDomain}`)) return undefined
  return name.slice(0, -apexDomain.length - 1)
}

/**
 * The org that the host names: a host under the apex without one is 404 `not_found`. What it shows of itself is remembered with
 * the request, so that its pages need not ask again. Undefined for the bare install.
 */
export async function requireHostOrg(ctx: Context, request: Request, person?: Person): Promise<Brand | undefined> {
  const slug = slugOfHost(ctx.config.apexDomain, request.headers.get('host'))
  if (slug === undefined) return undefined
  const own = person?.memberships.find((membership) => membership.slug === slug)
  const org = own ?? (await findBrand(ctx, slug))
  if (!org) throw new AppError('not_found', 'not_found', 'There is no organization at this address.')
  factsOf(request).hostOrg = org
  return org
}
