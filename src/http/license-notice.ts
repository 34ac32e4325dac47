import type { Config } from '#config/config.ts'
import { holds } from '#core/access/permissions.ts'
import type { Context } from '#core/context.ts'
import { type Entitlement, NOTICE_DAYS } from '#core/license/entitlement.ts'
import { isClosed } from '#core/license/gate.ts'
import type { RequestFacts } from '#http/request-facts.ts'
import type { Viewer } from '#http/viewer.ts'
import type { LicenseBannerProps } from '#views/license/license-banner.tsx'

const OWN_PAGE = '/settings/license'

/**
 * What the pages of a request say of its org's licence: only to those who can install one, and undefined while there is
 * nothing to do. Asks the database nothing, unless a document is met for the first time.
 */
export async function findLicenseNotice(
  { license, config }: Pick<Context, 'license' | 'config'>,
  { isApi, route }: RequestFacts,
  viewer: Viewer,
): Promise<LicenseBannerProps | undefined> {
  if (isApi || route === OWN_PAGE || !viewer.org || !holds(viewer, 'license.edit')) return undefined
  return noticeOf(await license.resolve(viewer.org), config.licenseEnforcement)
}

/** The same of an entitlement. A subscription renews itself, so its end is no news. */
function noticeOf(
  { status, source, expires, graceEnds, daysRemaining, message }: Entitlement,
  enforcement: Config['licenseEnforcement'],
): LicenseBannerProps | undefined {
  const isShut = isClosed(status === 'missing' ? 'missing' : 'expired', enforcement)
  if (status === 'missing') return isShut ? { status } : undefined
  if (status === 'invalid') return { status, message, isShut }
  if (source === 'subscription' || !expires || !graceEnds) return undefined
  if (status !== 'valid') return { status, expires, graceEnds, isShut }
  const days = daysRemaining ?? 0
  return days <= NOTICE_DAYS ? { status, expires, graceEnds, days, isShut } : undefined
}
