import {
  type Entitlement,
  entitlementOf,
  entitlementOfSubscription,
  type LicenseSource,
  UNLICENSED,
} from '#core/license/entitlement.ts'
import type { FoundDocument } from '#core/license/file-watch.ts'
import type { LicensedOrg } from '#core/license/licensed-org.ts'
import { licenseStateAt } from '#core/license/state.ts'
import type { Verdict } from '#core/license/verify.ts'

/** Where documents come from. */
export type DocumentSources = Readonly<{
  /** The org's own: that of its row or, where its row says so, of the file; undefined when it has none (any more). */
  ownVerdict: (org: LicensedOrg) => Promise<Verdict | undefined>
  key: FoundDocument | undefined
  findFile: () => Promise<FoundDocument | undefined>
}>

/** What one step found. `words` are left out of the path where there is nothing to tell; without `found` the next one is asked. */
type Finding = Readonly<{ words?: string; found?: Entitlement }>
type Step = (org: LicensedOrg, sources: DocumentSources, now: Date) => Finding | Promise<Finding>

/** The first that is there decides, valid or not. */
const STEPS: readonly Step[] = [byRow, bySubscription, byKey, byFile]

export type Resolved = Entitlement &
  Readonly<{
    /** The way to the answer, in words: `no row for acme`, `no subscription`, `file`. */
    resolution: readonly string[]
  }>

/** What serves an org at a time, and how that was found. */
export async function resolveLicense(org: LicensedOrg, sources: DocumentSources, now: Date): Promise<Resolved> {
  const resolution: string[] = []
  for (const step of STEPS) {
    const { words, found } = await step(org, sources, now)
    if (words !== undefined) resolution.push(words)
    if (found) return { ...found, resolution }
  }
  return { ...UNLICENSED, resolution }
}

async function byRow(org: LicensedOrg, { ownVerdict }: DocumentSources, now: Date): Promise<Finding> {
  const verdict = org.licenseHash === null ? undefined : await ownVerdict(org)
  if (!verdict) return { words: `no row for ${org.slug}` }
  return { words: `row for ${org.slug}`, found: entitlementOf(licenseStateAt(verdict, org.slug, now), 'org') }
}

function bySubscription(org: LicensedOrg, _: DocumentSources, now: Date): Finding {
  const found = entitlementOfSubscription(org, now)
  return found ? { words: 'active subscription', found } : { words: 'no subscription' }
}

function byKey(org: LicensedOrg, { key }: DocumentSources, now: Date): Finding {
  return key ? byInstance('LICENSE_KEY', key, org, now) : {}
}

async function byFile(org: LicensedOrg, { findFile }: DocumentSources, now: Date): Promise<Finding> {
  const file = await findFile()
  return file ? byInstance('file', file, org, now) : { words: 'no file' }
}

/** A document of the install that names another org says nothing about this one: nothing serves it. */
function byInstance(place: string, { verdict }: FoundDocument, org: LicensedOrg, now: Date): Finding {
  const state = licenseStateAt(verdict, org.slug, now)
  if (state.status === 'invalid' && state.reason === 'other_org') {
    return { words: `${place} is for another organization`, found: UNLICENSED }
  }
  const source: LicenseSource = 'instance'
  return { words: place, found: entitlementOf(state, source) }
}
