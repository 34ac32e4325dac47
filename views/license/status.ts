import type { BadgeProps } from '#views/ui/badge.tsx'

export type LicenseStatus = 'valid' | 'grace' | 'expired' | 'missing' | 'invalid'

export const LICENSE_BADGES: Readonly<Record<LicenseStatus, BadgeProps>> = {
  valid: { tone: 'normal', label: 'Active' },
  grace: { tone: 'warning', label: 'Grace period' },
  expired: { tone: 'failing', label: 'Expired' },
  missing: { tone: 'unknown', label: 'No licence' },
  invalid: { tone: 'failing', label: 'Invalid' },
}
