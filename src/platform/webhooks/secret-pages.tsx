import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { fieldOf } from '#http/page.tsx'
import { IdParams } from '#http/schemas.ts'
import { endFormerSecret, rotateSecret } from './rotation.ts'
import { show, tell, visitOf } from './visit-pages.tsx'

/** The forms of the signing secret. A new one is in the answer itself: it is not kept anywhere for the page after a redirect. */
export function secretPages(door: Door) {
  const { ctx } = door
  return new Elysia()
    .use(gate(door))
    .post(
      '/:id/rotate-secret',
      async ({ request, viewer, scope, params, body }) => {
        const endsNow = fieldOf(body, 'end_old_now') !== ''
        const { secret } = await rotateSecret(ctx, scope, params.id, { endsNow })
        return await show(visitOf(door, request, viewer, scope, params.id), { secret })
      },
      { requires: 'webhook.edit', params: IdParams },
    )
    .post(
      '/:id/end-old-secret',
      async ({ request, viewer, scope, params }) => {
        await endFormerSecret(ctx, scope, params.id)
        return await tell(visitOf(door, request, viewer, scope, params.id), 'Only the new secret signs now.')
      },
      { requires: 'webhook.edit', params: IdParams },
    )
}
