import type { ShownLicense } from './license.ts'

/** A licence as the API and the terminal tell it. */
export function licenseFacts(license: ShownLicense) {
  return {
    status: license.status,
    customer: license.customer,
    tier: license.tier,
    expires: license.expires?.toISOString() ?? null,
    days_remaining: license.daysRemaining,
    grace_ends: license.graceEnds?.toISOString() ?? null,
    users_limit: license.usersLimit,
    users_count: license.usersCount,
    products: license.products,
    features: license.features,
    source: license.source,
    resolution: license.resolution,
    enforcement: license.enforcement,
    clock_suspect: license.isClockSuspect,
    reason: license.reason,
    message: license.message,
  }
}
