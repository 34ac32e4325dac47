import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { pageAnswer, pageRequest } from '#http/pagination.ts'
import { IdParams, ListQuery } from '#http/schemas.ts'
import { actsApi } from './acts-api.ts'
import { deliveriesApi } from './deliveries-api.ts'
import { CREATE, DELETE, EVENT_TYPES_LIST, GET, LIST, UPDATE } from './documentation.ts'
import { listEventTypes } from './event-catalogue.ts'
import { ChangedWebhook, NewWebhook } from './schemas.ts'
import { secretsApi } from './secrets-api.ts'
import { createWebhook, listWebhooks, requireWebhook } from './webhook.ts'
import { updateWebhook } from './webhook-change.ts'
import { deleteWebhook } from './webhook-deletion.ts'
import { webhookOf } from './webhook-json.ts'

/** `/api/webhooks`: where events are sent to. */
export function webhooksApi(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/api/webhooks' })
    .use(deliveriesApi(door))
    .use(secretsApi(door))
    .use(actsApi(door))
    .use(gate(door))
    .get('/event-types', ({ scope }) => ({ items: listEventTypes(ctx, scope) }), {
      requires: 'webhook.edit',
      detail: EVENT_TYPES_LIST,
    })
    .get(
      '',
      async ({ scope, query }) => {
        const page = pageRequest(query)
        const { items, nextCursor } = pageAnswer(await listWebhooks(ctx, scope, page), page.shown)
        return { items: items.map((one) => webhookOf(ctx, one)), next_cursor: nextCursor }
      },
      { requires: 'webhook.edit', query: ListQuery, detail: LIST },
    )
    .post(
      '',
      async ({ scope, body, set }) => {
        const { secret, ...webhook } = await createWebhook(ctx, scope, { ...body, events: body.events ?? [] })
        set.status = 201
        return { ...webhookOf(ctx, webhook), secret }
      },
      { requires: 'webhook.edit', body: NewWebhook, detail: CREATE },
    )
    .get('/:id', async ({ scope, params }) => webhookOf(ctx, await requireWebhook(ctx.db, scope, params.id)), {
      requires: 'webhook.edit',
      params: IdParams,
      detail: GET,
    })
    .patch(
      '/:id',
      async ({ scope, params, body: { is_active: isActive, ...change } }) =>
        webhookOf(ctx, await updateWebhook(ctx, scope, params.id, { ...change, isActive })),
      { requires: 'webhook.edit', params: IdParams, body: ChangedWebhook, detail: UPDATE },
    )
    .delete(
      '/:id',
      async ({ scope, params, set }) => {
        await deleteWebhook(ctx, scope, params.id)
        set.status = 204
      },
      { requires: 'webhook.edit', params: IdParams, detail: DELETE },
    )
}
