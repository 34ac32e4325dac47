import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { requireLogo, requireSheet } from '#platform/branding/branding.ts'

const FOR_GOOD = 'public, max-age=31536000, immutable'

/** `/branding/*`: the logos and the colours of orgs. Their addresses name their content, so they are cached for good. */
export function brandingPages(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/branding' })
    .use(gate(door))
    .get(
      '/:slug/logo/:hash',
      async ({ params }) => {
        const { mediaType, bytes } = await requireLogo(ctx, params.slug, params.hash)
        // Whatever else the bytes may be read as, they are shown as this kind of picture and as nothing else.
        const headers = { 'content-type': mediaType, 'content-disposition': 'inline', 'cache-control': FOR_GOOD }
        return new Response(bytes, { headers })
      },
      { open: true },
    )
    .get(
      '/:slug/:sheet',
      async ({ params }) => {
        const { css } = await requireSheet(ctx, params.slug, params.sheet)
        return new Response(css, { headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': FOR_GOOD } })
      },
      { open: true },
    )
}
