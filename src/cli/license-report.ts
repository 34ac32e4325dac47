import { featureName } from '#core/license/features.ts'
import type { License } from '#core/license/license.ts'
import type { LicenseState } from '#core/license/state.ts'
import type { TrustedTime } from '#core/license/trusted-time.ts'
import { exactTime, plural } from '#lib/format.ts'

const NAME_CHARS = 10

/** The state for a script. */
export function licenseJson(state: LicenseState, time: TrustedTime) {
  const license = licenseIn(state)
  const fault = state.status === 'invalid' ? state : undefined
  const term = 'graceEnds' in state ? state : undefined
  return {
    ...{ status: state.status, reason: fault?.reason ?? null, message: fault?.message ?? null },
    ...{ field: fault?.field ?? null, license_id: license?.licenseId ?? null, key_id: license?.keyId ?? null },
    ...{ customer: license?.customer ?? null, org_slug: license?.orgSlug ?? null, tier: license?.tier ?? null },
    ...{ products: license?.products ?? null, features: license?.features ?? null },
    ...{ users_limit: license?.usersLimit ?? null, issued_at: license?.issuedAt ?? null },
    ...{ expires: license?.expires ?? null, grace_ends: term?.graceEnds ?? null },
    ...{ days_remaining: term?.daysRemaining ?? null, grace_days_remaining: term?.graceDaysRemaining ?? null },
    clock_suspect: time.isClockSuspect,
  }
}

/** The state for a person, a line for each thing. */
export function licenseLines(state: LicenseState, time: TrustedTime): string {
  const license = licenseIn(state)
  const rows = [
    ['state', state.status],
    ...(state.status === 'invalid' ? [['reason', `${state.message} (${state.reason})`]] : []),
    ...(license ? grantRows(license) : []),
    ...('graceEnds' in state ? termRows(state) : []),
    ...(time.isClockSuspect
      ? [['clock', `set back: ${exactTime(time.now)} counts, a time that has been already`]]
      : []),
  ]
  return rows.map(([name = '', words]) => `${name.padEnd(NAME_CHARS)}${words}`).join('\n')
}

function grantRows(license: License): string[][] {
  return [
    ['customer', license.customer],
    ['org', license.orgSlug ?? 'every org of an install'],
    ['tier', license.tier],
    ['products', license.products.join(', ') || 'none'],
    ['features', license.features.map(featureWords).join(', ') || 'none'],
    ['users', license.usersLimit === null ? 'no limit' : `at most ${license.usersLimit}`],
    ['issued', `${exactTime(license.issuedAt)}, licence ${license.licenseId}, key ${license.keyId}`],
  ]
}

function termRows(state: Extract<LicenseState, { graceEnds: Date }>): string[][] {
  const left = state.status === 'valid' ? `, ${plural(state.daysRemaining, 'day')} left` : ''
  const graceLeft = state.status === 'grace' ? `, ${plural(state.graceDaysRemaining, 'day')} left` : ''
  return [
    ['expires', `${exactTime(state.license.expires)}${left}`],
    ['grace', `until ${exactTime(state.graceEnds)}${graceLeft}`],
  ]
}

function featureWords(flag: string): string {
  const name = featureName(flag)
  return name === undefined ? `${flag} (unknown to this version)` : `${flag} (${name})`
}

function licenseIn(state: LicenseState): License | undefined {
  return 'license' in state ? state.license : undefined
}
