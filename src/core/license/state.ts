import type { LicenseReason } from '#core/license/fault.ts'
import type { License } from '#core/license/license.ts'
import type { Verdict } from '#core/license/verify.ts'
import { addMs, DAY_MS } from '#lib/clock.ts'

/** How far ahead of this clock a document may have been issued. */
const AHEAD_MS_MAX = DAY_MS

export type Standing = 'valid' | 'grace' | 'expired'

/** The licence of one org at one time. `license` is absent where no genuine document says anything. */
export type LicenseState =
  | Readonly<{ status: 'missing' }>
  | Readonly<{
      status: 'invalid'
      reason: LicenseReason
      message: string
      field?: string | undefined
      license?: License
    }>
  | Readonly<{
      status: Standing
      license: License
      /** The first instant after the grace period. */
      graceEnds: Date
      /** Days until `expires`, begun ones included; 0 from then on. */
      daysRemaining: number
      /** The same until `graceEnds`. */
      graceDaysRemaining: number
    }>

/**
 * What a verdict (undefined: there is no document) means for the org `orgSlug` at `now`. A document that names an org
 * serves that one and no other; one issued in the future means that the clock is wrong.
 */
export function licenseStateAt(verdict: Verdict | undefined, orgSlug: string, now: Date): LicenseState {
  if (verdict === undefined) return { status: 'missing' }
  if (verdict.outcome === 'invalid') {
    const { reason, message, field } = verdict.fault
    return { status: 'invalid', reason, message, field }
  }
  const { license } = verdict
  if (license.orgSlug !== null && license.orgSlug !== orgSlug) {
    const message = `The licence is for the org "${license.orgSlug}", not for "${orgSlug}".`
    return { status: 'invalid', reason: 'other_org', message, field: 'license.org_slug', license }
  }
  if (license.issuedAt.getTime() - now.getTime() > AHEAD_MS_MAX) {
    const message = `The licence was issued at ${license.issuedAt.toISOString()}, which is still to come: the clock is wrong.`
    return { status: 'invalid', reason: 'not_yet_valid', message, field: 'license.issued_at', license }
  }
  const graceEnds = addMs(license.expires, license.graceDays * DAY_MS)
  return {
    ...{ status: standingAt(license.expires, graceEnds, now), license, graceEnds },
    ...{ daysRemaining: daysUntil(license.expires, now), graceDaysRemaining: daysUntil(graceEnds, now) },
  }
}

function standingAt(expires: Date, graceEnds: Date, now: Date): Standing {
  if (now < expires) return 'valid'
  return now < graceEnds ? 'grace' : 'expired'
}

function daysUntil(end: Date, now: Date): number {
  return Math.max(0, Math.ceil((end.getTime() - now.getTime()) / DAY_MS))
}
