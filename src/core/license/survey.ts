import { asc, eq } from 'drizzle-orm'
import type { Entitlement } from '#core/license/entitlement.ts'
import type { FoundDocument } from '#core/license/file-watch.ts'
import { activeSubscription, type LicensedOrg, licensedOrgOf, ORG_LICENSING } from '#core/license/licensed-org.ts'
import { type DocumentSources, resolveLicense } from '#core/license/resolution.ts'
import { orgLicenses, subscriptions } from '#core/license/tables.ts'
import type { Verdict } from '#core/license/verify.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { type Database, prepared } from '#db/database.ts'

/** How many orgs one look takes in: the oldest ones. */
export const SURVEY_ORGS_MAX = 10_000
const WITHOUT_PAUSE = 500

/** One org with what serves it. */
export type Surveyed = Readonly<{ slug: string; entitlement: Entitlement }>

type Sources = Pick<DocumentSources, 'key' | 'findFile'> &
  Readonly<{
    findAll: (orgs: readonly LicensedOrg[]) => Promise<ReadonlyMap<number, Verdict>>
    /** Of the org's file, which may be gone. */
    findKept: (hash: string) => Promise<FoundDocument | undefined>
  }>

/**
 * What serves each org, of 10,000 at most, the oldest first. One statement, and one more for every 100 documents that are
 * met for the first time. It writes nothing, also where a file is gone.
 */
export async function surveyLicenses(db: Database, sources: Sources, now: () => Date): Promise<Surveyed[]> {
  const rows = await orgsQuery(db).execute()
  const found = rows.flatMap((row) => licensedOrgOf(row) ?? [])
  const verdicts = await sources.findAll(found.filter(({ licenseOrigin }) => licenseOrigin !== 'file'))
  const { key, findFile } = sources
  const documents = { key, findFile, ownVerdict }
  const at = now()
  const surveyed: Surveyed[] = []
  for (const [nth, org] of found.entries()) {
    surveyed.push({ slug: org.slug, entitlement: await resolveLicense(org, documents, at) })
    // Requests wait for no more than a part of it.
    if (nth % WITHOUT_PAUSE === WITHOUT_PAUSE - 1) await Bun.sleep(0)
  }
  return surveyed

  async function ownVerdict({ orgId, licenseOrigin, licenseHash }: LicensedOrg): Promise<Verdict | undefined> {
    if (licenseOrigin !== 'file' || licenseHash === null) return verdicts.get(orgId)
    return (await sources.findKept(licenseHash))?.verdict
  }
}

/** The fewest days that a document has left; undefined where none says so. A subscription renews itself. */
export function fewestDays(surveyed: readonly Surveyed[]): number | undefined {
  const days = surveyed.flatMap(({ entitlement: { source, daysRemaining } }) =>
    source === 'subscription' || daysRemaining === null ? [] : [daysRemaining],
  )
  return days.length === 0 ? undefined : Math.min(...days)
}

function orgsQuery(database: Database) {
  return prepared(database, 'license_survey', (db) =>
    db
      .select(ORG_LICENSING)
      .from(orgs)
      .leftJoin(orgLicenses, eq(orgLicenses.orgId, orgs.id))
      .leftJoin(subscriptions, activeSubscription())
      .orderBy(asc(orgs.id))
      .limit(SURVEY_ORGS_MAX),
  )
}
