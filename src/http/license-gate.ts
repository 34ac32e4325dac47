import { listAdminNames } from '#core/access/last-admin.ts'
import { holds } from '#core/access/permissions.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { LICENSE_CODES, requireFeature, requireLicensed } from '#core/license/gate.ts'
import type { LicensedOrg } from '#core/license/licensed-org.ts'
import { OPEN_WITHOUT_LICENSE } from '#http/license-free-routes.ts'
import type { Need } from '#http/needs.ts'
import type { RequestFacts } from '#http/request-facts.ts'
import type { Viewer } from '#http/viewer.ts'

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])
const NAMES_MAX = 3
/** Every method that is no reading one: closed, but for the routes of the list. */
export const WRITING_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE']

/** Whether a route asks for a licence. `route` is the router's own pattern, so no spelling of a path can pass for another. */
export function needsLicense(method: string, route: string | undefined, need: Need): boolean {
  if (need.kind === 'permission' && need.feature !== undefined) return true
  return !READS.has(method) && !OPEN_WITHOUT_LICENSE.has(`${method} ${route}`)
}

/**
 * Refuses what the licence of the request's org closes: `license_missing`, `license_invalid`, `license_expired`, then
 * `feature_not_licensed` (forbidden). On a page the refusal names whom to ask. A person without an org has nothing to license.
 */
export async function passLicenseGate(
  ctx: Context,
  { method }: Request,
  facts: RequestFacts,
  viewer: Viewer,
  need: Need,
): Promise<void> {
  const { org } = viewer
  if (!org || !needsLicense(method, facts.route, need)) return
  const { licenseEnforcement } = ctx.config
  if (licenseEnforcement === 'off') return
  const resolved = await ctx.license.resolve(org)
  try {
    requireLicensed(resolved, licenseEnforcement)
    if (need.kind === 'permission' && need.feature !== undefined) {
      requireFeature(resolved, licenseEnforcement, need.feature)
    }
  } catch (error) {
    throw facts.isApi || holds(viewer, 'license.edit') ? error : await namingAdmins(ctx, org, error)
  }
}

/** Whether a refusal is this gate's and of the kind that installing a licence ends. */
export function isLicenseRefusal({ code }: AppError): boolean {
  return LICENSE_CODES.some((one) => one === code)
}

async function namingAdmins(ctx: Context, { orgId }: LicensedOrg, error: unknown): Promise<unknown> {
  if (!(error instanceof AppError)) return error
  const names = await listAdminNames(ctx.db, orgId, NAMES_MAX)
  const whom =
    names.length === 0
      ? 'the operator of this install'
      : new Intl.ListFormat('en', { type: 'disjunction' }).format(names)
  return new AppError(error.kind, error.code, `${error.message} Ask ${whom}.`, error.facts)
}
