import { type Finding, finder } from '#cli/finding.ts'
import { build } from '#config/build.ts'
import type { Config } from '#config/config.ts'
import type { Environment } from '#config/environment.ts'
import { type Entitlement, type LicenseStatus, NOTICE_DAYS } from '#core/license/entitlement.ts'
import { isClosed } from '#core/license/gate.ts'
import { createLicensing } from '#core/license/licensing.ts'
import { SURVEY_ORGS_MAX, type Surveyed } from '#core/license/survey.ts'
import type { Database } from '#db/database.ts'
import type { Clock } from '#lib/clock.ts'
import { exactTime, plural } from '#lib/format.ts'
import { systemRandom } from '#lib/random.ts'

const INSTALL = 'Install a licence at Settings → Licence, or with `honeyframe license install FILE`.'
/** What a build without `--license-keys` knows; everybody can sign with it. */
const DEVELOPMENT_KEY_ID = 'development'
/** More than any document has left. */
const DAYS_MAX = 1_000_000
/** The worst first. */
const STATES: readonly LicenseStatus[] = ['invalid', 'expired', 'missing', 'grace', 'valid']

const SOURCES: Readonly<Record<Entitlement['source'], string>> = {
  org: 'its own document',
  subscription: 'a subscription',
  instance: "the install's document",
  none: 'nothing',
}

type Subject = Readonly<{ config: Config; environment: Environment; clock: Clock }>
type Keys = Pick<typeof build, 'isExecutable' | 'licenseKeys'>

/** The licences of the orgs, the worst first, the keys that they are verified with, and the time that they go by. */
export async function examineLicense(db: Database, subject: Subject, keys: Keys = build): Promise<Finding[]> {
  const { config, environment, clock } = subject
  const parts = { config, licenseKey: environment.LICENSE_KEY, db, clock, random: systemRandom, jobs: { enqueue } }
  const license = await createLicensing({ ...parts, keys: keys.licenseKeys })
  const surveyed = await license.survey()
  return [
    findingOf(surveyed, config.licenseEnforcement),
    ...keysFinding(keys),
    ...clockFinding(license.time().isClockSuspect),
  ]
}

/** Whoever examines writes nothing; the database refuses, too. */
async function enqueue(): Promise<never> {
  throw new Error('an examination writes nothing')
}

function findingOf(surveyed: readonly Surveyed[], enforcement: Config['licenseEnforcement']): Finding {
  const { ok } = finder('license')
  const [worst] = surveyed.toSorted((one, other) => rankOf(one, enforcement) - rankOf(other, enforcement))
  if (!worst) return ok('There is no organization to license yet.')
  if (surveyed.every(({ entitlement }) => entitlement.status === 'missing') && !isClosed('missing', enforcement)) {
    return ok('There is no licence, and this install asks for none.')
  }
  const finding = findingOfOne(worst, enforcement)
  return surveyed.length === 1 ? finding : { ...finding, message: `${countWords(surveyed)}. ${finding.message}` }
}

/** Closed ones first, then by state, then by the days that are left. */
function rankOf(
  { entitlement: { status, source, daysRemaining } }: Surveyed,
  enforcement: Config['licenseEnforcement'],
) {
  const days = source === 'subscription' ? DAYS_MAX : Math.min(daysRemaining ?? 0, DAYS_MAX)
  const place = isUnasked(status, enforcement) ? STATES.length : STATES.indexOf(status)
  return place * 2 * DAYS_MAX + days
}

function isUnasked(status: LicenseStatus, enforcement: Config['licenseEnforcement']): boolean {
  return status === 'missing' && !isClosed(status, enforcement)
}

function findingOfOne({ slug, entitlement }: Surveyed, enforcement: Config['licenseEnforcement']): Finding {
  const { ok, warn, fail } = finder('license')
  const { status, source, daysRemaining } = entitlement
  const message = printable(`The licence of ${slug} (${SOURCES[source]}) ${stateWords(entitlement)}.`)
  if (isClosed(status, enforcement)) return fail(message, INSTALL)
  if (status === 'valid') {
    const isEnding = source !== 'subscription' && (daysRemaining ?? 0) <= NOTICE_DAYS
    return isEnding ? warn(message, INSTALL) : ok(message)
  }
  return isUnasked(status, enforcement) ? ok(message) : warn(message, INSTALL)
}

function stateWords({ status, expires, graceEnds, daysRemaining, message }: Entitlement): string {
  switch (status) {
    case 'missing':
      return 'is missing'
    case 'invalid':
      return `is not valid: ${(message ?? '').replace(/\.$/, '')}`
    case 'expired':
      return `expired${at(expires)}, and its grace period is over`
    case 'grace':
      return `expired${at(expires)}; its grace period runs until ${graceEnds ? exactTime(graceEnds) : 'then'}`
    case 'valid':
      return expires === null
        ? 'is valid without an end'
        : `is valid for ${plural(daysRemaining ?? 0, 'day')} more, until ${exactTime(expires)}`
  }
}

function at(time: Date | null): string {
  return time === null ? '' : ` at ${exactTime(time)}`
}

function countWords(surveyed: readonly Surveyed[]): string {
  const counts = STATES.flatMap((state) => {
    const found = surveyed.filter(({ entitlement }) => entitlement.status === state).length
    return found === 0 ? [] : [`${found} ${state}`]
  })
  const which = surveyed.length === SURVEY_ORGS_MAX ? `the first ${SURVEY_ORGS_MAX}` : String(surveyed.length)
  return `Of ${which} organizations ${counts.join(', ')}`
}

function keysFinding({ isExecutable, licenseKeys }: Keys): Finding[] {
  const isForged = isExecutable && Object.keys(licenseKeys).every((id) => id === DEVELOPMENT_KEY_ID)
  if (!isForged) return []
  const { warn } = finder('license')
  const words = 'This program knows no key of a vendor, only that of development, which anybody can sign with.'
  return [warn(words, "Install a release, or build it with `--license-keys FILE` and the vendor's public keys.")]
}

function clockFinding(isClockSuspect: boolean): Finding[] {
  if (!isClockSuspect) return []
  const { warn } = finder('license')
  const words = 'The clock was set back by more than a day; licences go by the latest time that was seen.'
  return [warn(words, 'Set the clock of this machine, by NTP.')]
}

/** A document's words may hold what a terminal would obey. */
function printable(words: string): string {
  return words.replace(/\p{Cc}+/gu, ' ')
}
