import { Elysia, t } from 'elysia'
import { AppError } from '#core/errors.ts'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { PathId } from '#http/schemas.ts'
import { redeliver } from './delivery.ts'
import { tell, type Visit } from './visit-pages.tsx'

const PlaceParams = t.Object({ id: PathId, delivery_id: t.String({ maxLength: 100 }) })

/** The forms in the list of deliveries. */
export function deliveryPages(door: Door) {
  return new Elysia().use(gate(door)).post(
    '/:id/deliveries/:delivery_id/redeliver',
    async ({ request, viewer, scope, params }) => {
      const visit = { door, request, viewer, scope, id: params.id, state: { status: undefined, event: '' } }
      return await sendAgain(visit, params.delivery_id)
    },
    { requires: 'webhook.edit', params: PlaceParams },
  )
}

async function sendAgain(visit: Visit, deliveryId: string): Promise<Response> {
  try {
    await redeliver(visit.door.ctx, visit.scope, deliveryId)
    return await tell(visit, 'The event is sent again.')
  } catch (error) {
    const isTold = error instanceof AppError && ['conflict', 'gone'].includes(error.kind)
    if (!isTold) throw error
    return await tell(visit, error.message, 'danger')
  }
}
