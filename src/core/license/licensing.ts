import type { Config } from '#config/config.ts'
import { watchInstance } from '#core/license/instance-documents.ts'
import type { LicensedOrg } from '#core/license/licensed-org.ts'
import { dropLostLicense } from '#core/license/lost-file.ts'
import { type Resolved, resolveLicense } from '#core/license/resolution.ts'
import { openSeenTime } from '#core/license/seen-time.ts'
import { type Surveyed, surveyLicenses } from '#core/license/survey.ts'
import { createVerdicts } from '#core/license/verdicts.ts'
import type { VendorKeys, Verdict } from '#core/license/verify.ts'
import type { Database } from '#db/database.ts'
import type { Queue } from '#jobs/queue.ts'
import type { Clock } from '#lib/clock.ts'
import type { Random } from '#lib/random.ts'

type Parts = Readonly<{
  config: Config
  licenseKey: string | undefined
  db: Database
  clock: Clock
  random: Random
  jobs: Pick<Queue, 'enqueue'>
  keys: VendorKeys
}>

/** Which licence serves an org: what was verified stays known by its hash, and every answer is of this moment. */
export async function createLicensing(parts: Parts) {
  const { licenseKey, db, clock, keys } = parts
  const { dataDir, licenseFile } = parts.config
  const verdicts = createVerdicts(db, keys)
  const instance = watchInstance({ dataDir, licenseFile, licenseKey, clock, verify: verdicts.verify })
  const seen = await openSeenTime(db, clock)

  async function ownVerdict(org: LicensedOrg): Promise<Verdict | undefined> {
    if (org.licenseOrigin !== 'file' || org.licenseHash === null) return await verdicts.find(org)
    const kept = await instance.findKept(org.licenseHash)
    if (!kept) await dropLostLicense(parts, org, seen.now().now)
    return kept?.verdict
  }

  const sources = { ownVerdict, key: instance.key, findFile: instance.findFile }
  let surveying: Promise<Surveyed[]> | undefined

  return {
    verify: verdicts.verify,
    keepTime: seen.keep,

    /** The time that licences go by, and whether the clock was set back. */
    time: seen.now,

    /** What serves an org now. Not inside a transaction: a row whose file is gone is removed. */
    resolve: (org: LicensedOrg): Promise<Resolved> => resolveLicense(org, sources, seen.now().now),

    /** What serves each org, of 10,000 at most. Of any number that ask at once, one looks. */
    survey(): Promise<Surveyed[]> {
      const { findKept } = instance
      surveying ??= surveyLicenses(
        db,
        { ...sources, ...{ findAll: verdicts.findAll, findKept } },
        () => seen.now().now,
      ).finally(() => {
        surveying = undefined
      })
      return surveying
    },
    /** What would serve it at another time, if nothing else changed. */
    resolveAt: (org: LicensedOrg, at: Date): Promise<Resolved> => resolveLicense(org, sources, at),

    /** After this process has changed a file. */
    forgetFiles: instance.forget,
  }
}
