import { Elysia, t } from 'elysia'
import type { Door } from '#http/admit.ts'
import { download } from '#http/download.ts'
import { gate } from '#http/gate.ts'
import { pageRequest } from '#http/pagination.ts'
import { PageQuery } from '#http/schemas.ts'
import type { Viewer } from '#http/viewer.ts'
import { EXPORT, FilterQuery, LIST } from './documentation.ts'
import type { AuditEvent } from './event.ts'
import { listEvents } from './event-list.ts'
import { exportEvents, exportName } from './export.ts'
import { type AuditFilter, filterOf, requireOperator } from './filter.ts'
import { cursorAfter, placeOf } from './place.ts'

/** `/api/audit-log`: what happened in the org. */
export function auditLogApi(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/api/audit-log' })
    .use(gate(door))
    .get(
      '',
      async ({ viewer, scope, query }) => {
        const { shown } = pageRequest({ limit: query.limit })
        const place = query.cursor === undefined ? undefined : placeOf(query.cursor)
        const { events, next } = await listEvents(ctx, scope, askedFor(viewer, query), { limit: shown, place })
        return { items: events.map(eventOf), next_cursor: next ? cursorAfter(next) : null }
      },
      {
        requires: 'audit.read',
        query: t.Object({ ...FilterQuery, ...PageQuery }, { additionalProperties: false }),
        detail: LIST,
      },
    )
    .get(
      '/export.csv',
      ({ viewer, scope, query }) => {
        const filter = askedFor(viewer, query)
        const name = exportName(ctx, filter, viewer.org?.slug ?? '')
        return download(name, 'text/csv; charset=utf-8', exportEvents(ctx, scope, filter))
      },
      { requires: 'audit.read', query: t.Object(FilterQuery, { additionalProperties: false }), detail: EXPORT },
    )
}

type Asked = Parameters<typeof filterOf>[0] & Readonly<{ install?: string | undefined }>

function askedFor(viewer: Viewer, { install, ...typed }: Asked): AuditFilter {
  return filterOf(typed, requireOperator(install === 'true', viewer.person.isSuperadmin))
}

function eventOf(event: AuditEvent) {
  return {
    id: event.eventId,
    action: event.action,
    actor: { kind: event.actorKind, user_id: event.actorId, label: event.actorLabel },
    detail: event.detail,
    address: event.address,
    request_id: event.requestId,
    at: event.at.toISOString(),
  }
}
