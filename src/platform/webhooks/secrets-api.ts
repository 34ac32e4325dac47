import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { IdParams } from '#http/schemas.ts'
import { END_OLD, ROTATE } from './documentation.ts'
import { endFormerSecret, rotateSecret } from './rotation.ts'
import { Rotation } from './schemas.ts'
import { webhookOf } from './webhook-json.ts'

/** The signing secret. */
export function secretsApi(door: Door) {
  const { ctx } = door
  return new Elysia()
    .use(gate(door))
    .post(
      '/:id/rotate-secret',
      async ({ scope, params, body }) => {
        const endsNow = body?.end_old_now ?? false
        const { secret, ...webhook } = await rotateSecret(ctx, scope, params.id, { endsNow })
        return { ...webhookOf(ctx, webhook), secret }
      },
      { requires: 'webhook.edit', params: IdParams, body: Rotation, detail: ROTATE },
    )
    .delete(
      '/:id/old-secret',
      async ({ scope, params, set }) => {
        await endFormerSecret(ctx, scope, params.id)
        set.status = 204
      },
      { requires: 'webhook.edit', params: IdParams, detail: END_OLD },
    )
}
