import type { LicenseState } from '#core/license/state.ts'
import { sha256Hex } from '#lib/token.ts'

/** What the audit log tells of a document: what it is, and never the document. */
export function installedDetail(state: LicenseState, text: string) {
  const license = 'license' in state ? state.license : undefined
  if (!license) return { sha256: sha256Hex(text) }
  return {
    ...{ license_id: license.licenseId, customer: license.customer, tier: license.tier },
    ...{ expires: license.expires.toISOString(), sha256: sha256Hex(text) },
  }
}
