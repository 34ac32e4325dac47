import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { pageRequest } from '#http/pagination.ts'
import { EVENTS } from './documentation.ts'
import { listEvents } from './event-feed.ts'
import { EventsQuery } from './schemas.ts'

/** `/api/events`: what happened, for those who ask instead of being told. */
export function eventsApi(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/api/events' }).use(gate(door)).get(
    '',
    async ({ scope, query }) => {
      const { limit, shown } = pageRequest({ limit: query.limit })
      const events = await listEvents(ctx, scope, { after: query.after, limit })
      const items = events.slice(0, shown)
      return { items, next_cursor: events.length > shown ? (items.at(-1)?.id ?? null) : null }
    },
    { requires: 'webhook.edit', query: EventsQuery, detail: EVENTS },
  )
}
