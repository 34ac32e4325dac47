import { and, eq, type SQL } from 'drizzle-orm'
import type { Tier } from '#core/license/license.ts'
import { orgLicenses, subscriptions } from '#core/license/tables.ts'
import { orgs } from '#core/tenancy/tables.ts'
import type { Database, Tx } from '#db/database.ts'

/** What a subscription must be for to stand in for a licence. */
export const PLATFORM_PRODUCT = 'hub_platform'
const SHARED = 'shared'

/** An org with what its rows say about its licence; whether that counts is the resolution's. */
export type LicensedOrg = Readonly<{
  orgId: number
  slug: string
  name: string
  /** Its row of `org_licenses`; null without one. */
  licenseHash: string | null
  licenseOrigin: 'upload' | 'file' | null
  /** Its active subscription of the platform in the shared cloud. */
  subscription: Readonly<{ tier: Tier; periodEnd: Date | null }> | null
}>

/** The columns that `licensedOrgOf` reads, of a query that joins `orgLicenses` and, by `activeSubscription`, `subscriptions`. */
export const ORG_LICENSING = {
  orgId: orgs.id,
  orgSlug: orgs.slug,
  orgName: orgs.name,
  licenseHash: orgLicenses.sha256,
  licenseOrigin: orgLicenses.origin,
  subscriptionTier: subscriptions.licenseTier,
  subscriptionEnd: subscriptions.periodEnd,
}

/** A row of those columns; an outer join leaves all of them null. */
export type OrgLicensingRow = Readonly<{
  orgId: number | null
  orgSlug: string | null
  orgName: string | null
  licenseHash: string | null
  licenseOrigin: 'upload' | 'file' | null
  subscriptionTier: Tier | null
  subscriptionEnd: Date | null
}>

/** At most one row of an org: it has one of each product. One that is past due does not count. */
export function activeSubscription(): SQL | undefined {
  return and(
    eq(subscriptions.orgId, orgs.id),
    eq(subscriptions.product, PLATFORM_PRODUCT),
    eq(subscriptions.deploymentTier, SHARED),
    eq(subscriptions.status, 'active'),
  )
}

export function licensedOrgOf(row: OrgLicensingRow): LicensedOrg | undefined {
  if (row.orgId === null || row.orgSlug === null || row.orgName === null) return undefined
  const { orgId, orgSlug: slug, orgName: name, licenseHash, licenseOrigin, subscriptionTier: tier } = row
  const subscription = tier === null ? null : { tier, periodEnd: row.subscriptionEnd }
  return { orgId, slug, name, licenseHash, licenseOrigin, subscription }
}

/** An org by its id, in one statement; undefined when there is none. */
export async function findLicensedOrg(db: Database | Tx, orgId: number): Promise<LicensedOrg | undefined> {
  const [row] = await licensedOrgs(db).where(eq(orgs.id, orgId))
  return row && licensedOrgOf(row)
}

/** The org of a slug or, without one, the only org of the install; undefined when there is no such org. */
export async function findLicensedOrgBySlug(db: Database, slug: string | undefined): Promise<LicensedOrg | undefined> {
  const rows = await licensedOrgs(db)
    .where(slug === undefined ? undefined : eq(orgs.slug, slug))
    .limit(2)
  const [row] = rows.length === 1 ? rows : []
  return row && licensedOrgOf(row)
}

function licensedOrgs(db: Database | Tx) {
  return db
    .select(ORG_LICENSING)
    .from(orgs)
    .leftJoin(orgLicenses, eq(orgLicenses.orgId, orgs.id))
    .leftJoin(subscriptions, activeSubscription())
}
