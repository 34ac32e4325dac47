import type { Enforcement } from '#config/config.ts'
import type { Entitlement } from '#core/license/entitlement.ts'
import { FEATURES } from '#core/license/features.ts'
import { isClosed } from '#core/license/gate.ts'

/** What becomes of a licence when nobody does anything: from `at` on it is in this state. */
export type Change = Readonly<{ at: Date; status: 'grace' | 'expired' }>

export type Forecast = Readonly<{
  /** Whether whatever writes is closed. */
  isClosed: boolean
  /** Flags of the features that cannot be used: those of the catalogue, and what else the licence lists. */
  closedFeatures: readonly string[]
  /** What comes after that, soonest first. */
  changes: readonly Change[]
}>

/**
 * What an entitlement, resolved for the instant `at`, closes then and what comes next. Of a subscription and of what is
 * missing or invalid no change is known beforehand.
 */
export function forecastOf(entitlement: Entitlement, enforcement: Enforcement, at: Date): Forecast {
  return {
    isClosed: isClosed(entitlement.status, enforcement),
    closedFeatures: closedFeatures(entitlement, enforcement),
    changes: changesAfter(entitlement, at),
  }
}

function closedFeatures({ status, features }: Entitlement, enforcement: Enforcement): string[] {
  const known = Object.keys(FEATURES)
  if (isClosed(status, enforcement)) return [...new Set([...known, ...features])]
  if (enforcement === 'off' || status === 'missing') return []
  return known.filter((feature) => !features.includes(feature))
}

function changesAfter({ expires, graceEnds }: Entitlement, at: Date): Change[] {
  if (expires === null || graceEnds === null) return []
  const grace: Change[] = graceEnds > expires ? [{ at: expires, status: 'grace' }] : []
  return [...grace, { at: graceEnds, status: 'expired' } satisfies Change].filter((change) => change.at > at)
}
