import type { Enforcement } from '#config/config.ts'
import { AppError } from '#core/errors.ts'
import type { Entitlement, LicenseStatus } from '#core/license/entitlement.ts'
import type { Feature } from '#core/license/features.ts'
import type { Resolved } from '#core/license/resolution.ts'

export const LICENSE_CODES = ['license_missing', 'license_invalid', 'license_expired'] as const

type LicenseCode = (typeof LICENSE_CODES)[number]

const CODES: Partial<Readonly<Record<LicenseStatus, LicenseCode>>> = {
  missing: 'license_missing',
  invalid: 'license_invalid',
  expired: 'license_expired',
}

/** The refusals in a sentence each. */
export const LICENSE_WORDS: Readonly<Record<LicenseCode, string>> = {
  license_missing: 'This organization has no licence, and this install asks for one.',
  license_invalid: 'The licence of this organization is not valid.',
  license_expired: 'The licence of this organization has expired.',
}

/** Whether an org in this state can only read. `LICENSE_ENFORCE`: 0 closes nothing, 1 also what has no licence. */
export function isClosed(status: LicenseStatus, enforcement: Enforcement): boolean {
  if (enforcement === 'off') return false
  return status === 'expired' || status === 'invalid' || (status === 'missing' && enforcement === 'on')
}

/** Errors: `license_missing`, `license_invalid`, `license_expired` (forbidden) where the state closes what writes. */
export function requireLicensed({ status }: Pick<Resolved, 'status'>, enforcement: Enforcement): void {
  const code = CODES[status]
  if (code !== undefined && isClosed(status, enforcement)) throw new AppError('forbidden', code, LICENSE_WORDS[code])
}

/**
 * Error: `feature_not_licensed` (forbidden) for a feature that the licence does not list. Where nothing is enforced, and
 * where an install without a licence is left alone, everything is there.
 */
export function requireFeature(
  { status, features }: Pick<Entitlement, 'status' | 'features'>,
  enforcement: Enforcement,
  feature: Feature,
): void {
  if (enforcement === 'off' || status === 'missing' || features.includes(feature)) return
  const words = 'The licence of this organization does not include this feature.'
  throw new AppError('forbidden', 'feature_not_licensed', words, { feature })
}
