import { Type } from '@sinclair/typebox'
import { Elysia, t } from 'elysia'
import type { Door } from '#http/admit.ts'
import { BRAND, BRAND_EXAMPLE, brandAnswer } from '#http/brand-answer.ts'
import { describe } from '#http/describe.ts'
import { gate } from '#http/gate.ts'
import { factsOf } from '#http/request-facts.ts'
import { requireBrand } from '#platform/branding/branding.ts'

const OWN = { slug: null, name: 'Honeyframe', color: null, logo_url: null }

const Slug = Type.Union([Type.String(), Type.Null()], { description: 'Null for Honeyframe’s own.' })
const Branding = Type.Object({ slug: Slug, ...BRAND })

/** `/api/branding`: what an org shows to whoever is about to sign in. */
export function brandingApi(door: Door) {
  return new Elysia({ prefix: '/api/branding' }).use(gate(door)).get(
    '',
    async ({ request, query: { slug } }) => {
      const brand = slug === undefined ? factsOf(request).hostOrg : await requireBrand(door.ctx, slug.toLowerCase())
      return brand ? brandAnswer(brand) : OWN
    },
    {
      open: true,
      query: t.Object({ slug: t.Optional(t.String({ maxLength: 200 })) }, { additionalProperties: false }),
      detail: describe({
        tag: 'Organization',
        summary: 'Read what an org shows to anyone',
        description: 'The org of `slug`, else that of the address, else Honeyframe’s own.',
        answers: { 200: { description: 'Name, colour and logo.', schema: Branding, example: BRAND_EXAMPLE } },
      }),
    },
  )
}
