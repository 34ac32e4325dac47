import { and, eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { type Brand, findBrand } from '#core/tenancy/brand.ts'
import { type BrandSheet, sheetOf } from '#core/tenancy/brand-sheet.ts'
import { orgLogos, orgs } from '#core/tenancy/tables.ts'

const SHA256_HEX = /^[0-9a-f]{64}$/

/** What the org of a slug shows of itself. Anyone may know. `not_found` for a slug of no org. */
export async function requireBrand(ctx: Context, slug: string): Promise<Brand> {
  const brand = await findBrand(ctx, slug)
  if (!brand) throw new AppError('not_found', 'not_found', 'There is no organization with this slug.')
  return brand
}

/** The logo of an org as it was uploaded. Anyone may see it. `not_found` unless this is the org's logo now. */
export async function requireLogo(
  ctx: Context,
  slug: string,
  hash: string,
): Promise<{ mediaType: string; bytes: Uint8Array<ArrayBuffer> }> {
  const rows = SHA256_HEX.test(hash) ? await findLogo(ctx, slug, hash) : []
  const [logo] = rows
  if (!logo) throw new AppError('not_found', 'not_found', 'There is no such logo.')
  return { mediaType: logo.mediaType, bytes: new Uint8Array(Buffer.from(logo.base64, 'base64')) }
}

/** The sheet with an org's colours. Anyone may load it. `not_found` unless the file is named by its colour as it is now. */
export async function requireSheet(ctx: Context, slug: string, file: string): Promise<BrandSheet> {
  const brand = await findBrand(ctx, slug)
  const sheet = brand && sheetOf(brand.color)
  if (sheet === undefined || `${sheet.fingerprint}.css` !== file)
    throw new AppError('not_found', 'not_found', 'There is no such sheet.')
  return sheet
}

function findLogo(ctx: Context, slug: string, hash: string) {
  return ctx.db
    .select({ mediaType: orgLogos.mediaType, base64: orgLogos.base64 })
    .from(orgs)
    .innerJoin(orgLogos, eq(orgLogos.orgId, orgs.id))
    .where(and(eq(orgs.slug, slug), eq(orgs.logoHash, hash)))
}
