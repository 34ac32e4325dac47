import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { IdParams } from '#http/schemas.ts'
import { REPLAY, TEST } from './documentation.ts'
import { replaySince } from './replay.ts'
import { Since } from './schemas.ts'
import { testWebhook } from './test-send.ts'

/** What a webhook is asked to send. */
export function actsApi(door: Door) {
  const { ctx } = door
  return new Elysia()
    .use(gate(door))
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
