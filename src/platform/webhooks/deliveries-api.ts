import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { pageRequest } from '#http/pagination.ts'
import { IdParams } from '#http/schemas.ts'
import { DELIVERY_STATES, listDeliveries, redeliver } from './delivery.ts'
import { cursorAfter, placeOf } from './delivery-place.ts'
import { DELIVERIES, REDELIVER } from './documentation.ts'
import { DeliveriesQuery, DeliveryParams } from './schemas.ts'
import { deliveryOf } from './webhook-json.ts'

/** What was sent, and what came back. */
export function deliveriesApi(door: Door) {
  const { ctx } = door
  return new Elysia()
    .use(gate(door))
    .get(
      '/:id/deliveries',
      async ({ scope, params, query }) => {
        const { shown } = pageRequest({ limit: query.limit })
        const place = query.cursor === undefined ? undefined : placeOf(query.cursor)
        const state = DELIVERY_STATES.find((one) => one === query.status)
        const page = { limit: shown + 1, place, state, eventType: query.event }
        const rows = await listDeliveries(ctx, scope, params.id, page)
        const items = rows.slice(0, shown)
        const last = items.at(-1)
        return { items: items.map(deliveryOf), next_cursor: rows.length > shown && last ? cursorAfter(last) : null }
      },
      { requires: 'webhook.edit', params: IdParams, query: DeliveriesQuery, detail: DELIVERIES },
    )
    .post(
      '/deliveries/:id/redeliver',
      async ({ scope, params, set }) => {
        const delivery = await redeliver(ctx, scope, params.id)
        set.status = 202
        return deliveryOf(delivery)
      },
      { requires: 'webhook.edit', params: DeliveryParams, detail: REDELIVER },
    )
}
