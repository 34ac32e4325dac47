import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { IdParams } from '#http/schemas.ts'
import { END_OLD, REPLAY, ROTATE, TEST } from './documentation.ts'
import { replaySince } from './replay.ts'
import { endFormerSecret, rotateSecret } from './rotation.ts'
import { Rotation, Since } from './schemas.ts'
import { testWebhook } from './test-send.ts'
import { webhookOf } from './webhook-json.ts'

/** What is done with one webhook, beside changing it. */
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
    .post(
      '/:id/test',
      async ({ scope, params }) => {
        const { statusCode, excerpt, durationMs } = await testWebhook(ctx, scope, params.id)
        return { status_code: statusCode, excerpt, ms: durationMs }
      },
      { requires: 'webhook.edit', params: IdParams, detail: TEST },
    )
    .post(
      '/:id/replay',
      async ({ scope, params, body, set }) => {
        const { since, events } = await replaySince(ctx, scope, params.id, body)
        set.status = 202
        return { webhook_id: params.id, since: since.toISOString(), events, status: 'queued' }
      },
      { requires: 'webhook.edit', params: IdParams, body: Since, detail: REPLAY },
    )
}
