import { count, eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { LicenseReason } from '#core/license/fault.ts'
import { installedDetail } from '#core/license/installed.ts'
import { dropLicenseFile, hasLicenseFile, keepLicenseFile } from '#core/license/kept-file.ts'
import { findLicensedOrg, type LicensedOrg } from '#core/license/licensed-org.ts'
import type { Resolved } from '#core/license/resolution.ts'
import { countActiveMembers } from '#core/license/seats.ts'
import { type LicenseState, licenseStateAt } from '#core/license/state.ts'
import { orgLicenses } from '#core/license/tables.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { lockRow } from '#db/database.ts'
import { exactTime } from '#lib/format.ts'
import { sha256Hex } from '#lib/token.ts'

/** What serves an org, and who uses it. */
export type ShownLicense = Resolved &
  Readonly<{ usersCount: number; isClockSuspect: boolean; enforcement: Context['config']['licenseEnforcement'] }>

/** The licence of an org as it stands, for every member. */
export async function findLicense(ctx: Context, org: LicensedOrg): Promise<ShownLicense> {
  const resolved = await ctx.license.resolve(org)
  const usersCount = await countActiveMembers(ctx.db, org.orgId)
  const { isClockSuspect } = ctx.license.time()
  return { ...resolved, usersCount, isClockSuspect, enforcement: ctx.config.licenseEnforcement }
}

/**
 * Installs a document for the org: it counts at once, on every node. On an install with exactly one org the text is also
 * kept in `DATA_DIR/license.json`, mode 0600, which from then on is what counts. A document in its grace period is taken.
 * For `license.edit`. Error: `invalid_license` (invalid) with a `reason`, and then nothing has changed.
 */
export async function installLicense(ctx: Context, scope: Scope, text: string): Promise<ShownLicense> {
  const { orgId } = scope
  const org = await requireOrg(ctx, orgId)
  const state = await requireUsable(ctx, scope, text, org.slug)
  const origin = (await countOrgs(ctx)) === 1 ? ('file' as const) : ('upload' as const)
  // First the file: a row that names a file which is not there counts as lost.
  if (origin === 'file') await keepFile(ctx, text)
  const values = {
    ...{ document: text, sha256: sha256Hex(text), origin, installedAt: ctx.clock.now() },
    installedBy: scope.actor.kind === 'person' ? scope.actor.email : scope.actor.kind,
  }
  await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, orgId)
    const set = { target: orgLicenses.orgId, set: values }
    await tx
      .insert(orgLicenses)
      .values({ ...values, orgId })
      .onConflictDoUpdate(set)
    await record(ctx, tx, scope, 'license.installed', { ...detailOf(state, text), origin })
  })
  return await findLicense(ctx, await requireOrg(ctx, orgId))
}

/** The text of an uploaded file. Error: `invalid_license` (invalid) when it holds none. */
export function licenseTextOf(bytes: Uint8Array): string {
  if (bytes.length === 0) throw refusalOf('not_json', 'Choose the file of the licence.')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refusalOf('not_json', 'The file is not a text in UTF-8.')
  }
}

/**
 * Removes the org's document: its row and, where the file is this org's, `DATA_DIR/license.json`. What the install or a
 * subscription says counts from then on. For `license.edit`. Removing what is not there is no error.
 */
export async function removeLicense(ctx: Context, scope: Scope): Promise<void> {
  const { orgId } = scope
  const org = await requireOrg(ctx, orgId)
  const { status } = await ctx.license.resolve(org)
  // A tenant's admin must not take away what serves another tenant.
  const isItsFile = org.licenseOrigin === 'file' || (await countOrgs(ctx)) === 1
  const hasFile = isItsFile && (await hasLicenseFile(ctx.config.dataDir))
  await ctx.db.transaction(async (tx) => {
    const [gone] = await tx
      .delete(orgLicenses)
      .where(eq(orgLicenses.orgId, orgId))
      .returning({ document: orgLicenses.document })
    if (!gone && !hasFile) return
    await record(ctx, tx, scope, 'license.removed', { ...(gone && removedDetail(ctx, org, gone.document)), status })
  })
  // Last, or whoever notices that it is gone would write down that it was lost.
  if (hasFile) await dropFile(ctx)
}

function removedDetail(ctx: Context, { slug }: LicensedOrg, text: string) {
  return installedDetail(licenseStateAt(ctx.license.verify(text), slug, ctx.license.time().now), text)
}

/**
 * A document for an install that has no org yet: the file alone, which serves the first one. `slug` is the org it is meant
 * for, if that is known. The operator. Error: `invalid_license` (invalid).
 */
export async function placeLicense(ctx: Context, text: string, slug: string | undefined): Promise<void> {
  const verdict = ctx.license.verify(text)
  const ownSlug = verdict.outcome === 'genuine' ? verdict.license.orgSlug : null
  requireTerm(licenseStateAt(verdict, slug ?? ownSlug ?? '', ctx.license.time().now))
  await keepFile(ctx, text)
}

type Usable = Extract<LicenseState, { graceEnds: Date }>

/** A refused document is recorded by its hash: who tries again and again can be seen. */
async function requireUsable(ctx: Context, scope: Scope, text: string, slug: string): Promise<Usable> {
  try {
    return requireTerm(licenseStateAt(ctx.license.verify(text), slug, ctx.license.time().now))
  } catch (error) {
    if (error instanceof AppError) {
      const detail = { reason: String(error.facts.reason), sha256: sha256Hex(text) }
      await ctx.db.transaction((tx) => record(ctx, tx, scope, 'license.refused', detail))
    }
    throw error
  }
}

function requireTerm(state: LicenseState): Usable {
  if (state.status === 'missing') throw refusalOf('not_json', 'There is no document.')
  if (state.status === 'invalid') throw refusalOf(state.reason, state.message)
  if (state.status !== 'expired') return state
  const words = `The licence expired at ${exactTime(state.license.expires)} and its grace period is over.`
  throw refusalOf('expired', words)
}

function refusalOf(reason: LicenseReason | 'expired', words: string): AppError {
  return new AppError('invalid', 'invalid_license', words, { field: 'license', reason })
}

function detailOf(state: Usable, text: string) {
  const { licenseId, customer, tier, expires } = state.license
  return {
    ...{ license_id: licenseId, customer, tier, expires: expires.toISOString(), sha256: sha256Hex(text) },
  }
}

async function keepFile(ctx: Context, text: string): Promise<void> {
  await keepLicenseFile(ctx.config.dataDir, text, ctx.random)
  ctx.license.forgetFiles()
}

async function dropFile(ctx: Context): Promise<void> {
  await dropLicenseFile(ctx.config.dataDir)
  ctx.license.forgetFiles()
}

async function requireOrg(ctx: Context, orgId: number): Promise<LicensedOrg> {
  const org = await findLicensedOrg(ctx.db, orgId)
  if (!org) throw new AppError('not_found', 'not_found', 'There is no such organization.')
  return org
}

async function countOrgs(ctx: Context): Promise<number> {
  const [row] = await ctx.db.select({ orgs: count() }).from(orgs)
  return row?.orgs ?? 0
}
