import { eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import type { Brand } from '#core/tenancy/brand.ts'
import { orgLogos, orgs } from '#core/tenancy/tables.ts'
import { type Picture, readPicture } from '#lib/image.ts'
import { sha256Hex } from '#lib/token.ts'
import { lockOrg } from './organization.ts'

export const LOGO_BYTES_MAX = 256 * 1024
export const LOGO_SIDE_MAX = 2048

/**
 * Makes these bytes the logo of the org, as they are. For `org.edit`. Which kind of picture they are is decided by decoding them.
 * Comes back with what the org shows of itself now. Errors: `too_large`, `invalid_logo` (invalid).
 */
export async function setLogo(ctx: Context, scope: Scope, bytes: Uint8Array<ArrayBuffer>): Promise<Brand> {
  const { mediaType } = await requirePicture(bytes)
  const logoHash = sha256Hex(bytes)
  const base64 = Buffer.from(bytes).toString('base64')
  const updatedAt = ctx.clock.now()
  return await ctx.db.transaction(async (tx) => {
    const org = await lockOrg(tx, scope.orgId)
    if (org.logoHash === logoHash) return org
    const set = { mediaType, base64, updatedAt }
    await tx
      .insert(orgLogos)
      .values({ orgId: scope.orgId, ...set })
      .onConflictDoUpdate({ target: orgLogos.orgId, set })
    await tx.update(orgs).set({ logoHash }).where(eq(orgs.id, scope.orgId))
    await record(ctx, tx, scope, 'org.logo_changed', { media_type: mediaType, bytes: bytes.byteLength })
    return { ...org, logoHash }
  })
}

/** Takes the org's logo away; Honeyframe's own stands in its place. For `org.edit`. `not_found` when there is none. */
export async function removeLogo(ctx: Context, scope: Scope): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const org = await lockOrg(tx, scope.orgId)
    if (org.logoHash === null) throw new AppError('not_found', 'not_found', 'There is no logo.')
    await tx.delete(orgLogos).where(eq(orgLogos.orgId, scope.orgId))
    await tx.update(orgs).set({ logoHash: null }).where(eq(orgs.id, scope.orgId))
    await record(ctx, tx, scope, 'org.logo_removed', {})
  })
}

async function requirePicture(bytes: Uint8Array<ArrayBuffer>): Promise<Picture> {
  if (bytes.byteLength > LOGO_BYTES_MAX) {
    const words = `A logo has at most ${LOGO_BYTES_MAX / 1024} KB.`
    throw new AppError('too_large', 'too_large', words, { field: 'logo' })
  }
  const picture = await readPicture(bytes, LOGO_SIDE_MAX)
  if (picture) return picture
  const words = `A logo is a whole PNG, JPEG or WebP picture of at most ${LOGO_SIDE_MAX} × ${LOGO_SIDE_MAX} pixels.`
  throw new AppError('invalid', 'invalid_logo', words, { field: 'logo' })
}
