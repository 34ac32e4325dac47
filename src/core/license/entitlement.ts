import type { LicenseReason } from '#core/license/fault.ts'
import { FEATURES } from '#core/license/features.ts'
import type { License, Tier } from '#core/license/license.ts'
import { type LicensedOrg, PLATFORM_PRODUCT } from '#core/license/licensed-org.ts'
import type { LicenseState } from '#core/license/state.ts'
import { DAY_MS } from '#lib/clock.ts'

export type LicenseStatus = LicenseState['status']
export type LicenseSource = 'org' | 'subscription' | 'instance' | 'none'

/** How long before its end a licence is spoken of. */
export const NOTICE_DAYS = 30

/** What an org may do now, whatever it is that says so. What nobody says is null. */
export type Entitlement = Readonly<{
  status: LicenseStatus
  source: LicenseSource
  licenseId: string | null
  customer: string | null
  tier: Tier | null
  expires: Date | null
  graceEnds: Date | null
  /** Days until `expires`, begun ones included; 0 from then on. */
  daysRemaining: number | null
  usersLimit: number | null
  products: readonly string[]
  features: readonly string[]
  /** Why a document counts for nothing, for programs and for people. */
  reason: LicenseReason | null
  message: string | null
}>

const NOTHING = {
  ...{ licenseId: null, customer: null, tier: null, expires: null, graceEnds: null, daysRemaining: null },
  ...{ usersLimit: null, products: [], features: [], reason: null, message: null },
} as const

export const UNLICENSED: Entitlement = { status: 'missing', source: 'none', ...NOTHING }

/** What a document's state comes to. */
export function entitlementOf(state: LicenseState, source: LicenseSource): Entitlement {
  if (state.status === 'missing') return UNLICENSED
  const granted = { ...NOTHING, ...('license' in state && state.license && grantOf(state.license)) }
  if (state.status === 'invalid') {
    const { status, reason, message } = state
    return { ...granted, status, source, reason, message }
  }
  const { status, graceEnds, daysRemaining } = state
  return { ...granted, status, source, graceEnds, daysRemaining }
}

/** A subscription stands in for a licence of everything, for any number of people: who does not pay loses the subscription. */
export function entitlementOfSubscription({ name, subscription }: LicensedOrg, now: Date): Entitlement | undefined {
  if (subscription === null) return undefined
  const { tier, periodEnd: expires } = subscription
  const daysRemaining = expires && Math.max(0, Math.ceil((expires.getTime() - now.getTime()) / DAY_MS))
  return {
    ...{ ...NOTHING, status: 'valid', source: 'subscription', customer: name, tier, expires, daysRemaining },
    ...{ products: [PLATFORM_PRODUCT], features: Object.keys(FEATURES) },
  }
}

function grantOf({ licenseId, customer, tier, expires, usersLimit, products, features }: License) {
  return { licenseId, customer, tier, expires, usersLimit, products, features }
}
