import { eq, sql } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { prepared } from '#db/database.ts'
import { sheetOf } from './brand-sheet.ts'

/** What an org shows of itself: to its people, and to whoever opens its address. */
export type Brand = Readonly<{ slug: string; name: string; color: string | null; logoHash: string | null }>

/** What the org of a slug shows of itself, in one statement; undefined when there is none. Anyone may know. */
export async function findBrand(ctx: Context, slug: string): Promise<Brand | undefined> {
  const rows = await prepared(ctx.db, 'brand_by_slug', (db) =>
    db
      .select({ slug: orgs.slug, name: orgs.name, color: orgs.color, logoHash: orgs.logoHash })
      .from(orgs)
      .where(eq(orgs.slug, sql.placeholder('slug'))),
  ).execute({ slug })
  return rows[0]
}

/** The path of an org's logo, which names its content and so never changes what it shows; undefined without one. */
export function logoPath({ slug, logoHash }: Pick<Brand, 'slug' | 'logoHash'>): string | undefined {
  return logoHash === null ? undefined : `/branding/${slug}/logo/${logoHash}`
}

/** The path of an org's style sheet, likewise; undefined without a colour. */
export function sheetPath({ slug, color }: Pick<Brand, 'slug' | 'color'>): string | undefined {
  const sheet = sheetOf(color)
  return sheet && `/branding/${slug}/${sheet.fingerprint}.css`
}
