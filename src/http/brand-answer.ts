import { Type } from '@sinclair/typebox'
import { type Brand, logoPath } from '#core/tenancy/brand.ts'

/** `invalid_color` says more than a pattern could, so the schema takes any text. */
export const Color = Type.Union([Type.String(), Type.Null()], { description: '`#rrggbb`; null for Honeyframe’s own.' })

/** What every answer about an org's looks has in common. */
export const BRAND = {
  name: Type.String(),
  color: Color,
  logo_url: Type.Union([Type.String(), Type.Null()], {
    description: 'A path of this install, which names the logo’s content. Null without a logo.',
  }),
}

export const BRAND_EXAMPLE = {
  slug: 'acme',
  name: 'Acme',
  color: '#0a5fb8',
  logo_url: '/branding/acme/logo/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
}

export function brandAnswer(org: Brand) {
  const { slug, name, color } = org
  return { slug, name, color, logo_url: logoPath(org) ?? null }
}
