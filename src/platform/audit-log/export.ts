import { ACTIONS, isAction } from '#core/audit/actions.ts'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { csvLine } from '#lib/csv.ts'
import { endOfTurn } from '#lib/turn.ts'
import type { AuditEvent } from './event.ts'
import { listEvents } from './event-list.ts'
import type { EventPage } from './event-page.ts'
import type { AuditFilter } from './filter.ts'
import type { Place } from './place.ts'

export const EXPORTED_AT_ONCE_MAX = 500

export const EXPORT_COLUMNS = [
  ...['at', 'action', 'what', 'actor_kind', 'actor_user_id', 'actor', 'detail', 'address', 'request_id', 'id'],
] as const

/**
 * All events of a filter as CSV (RFC 4180, UTF-8), in the order of `listEvents`: a piece for the head and one for each page of
 * at most `EXPORTED_AT_ONCE_MAX` rows, read when it is asked for, so that neither memory nor a transaction grows with the log.
 * Who may is as there.
 */
export async function* exportEvents(ctx: Context, scope: Scope, filter: AuditFilter): AsyncGenerator<string> {
  yield csvLine(EXPORT_COLUMNS)
  let place: Place | undefined
  do {
    const { events, next }: EventPage = await listEvents(ctx, scope, filter, { limit: EXPORTED_AT_ONCE_MAX, place })
    if (events.length > 0) yield events.map(lineOf).join('')
    // SQLite answers within the turn: without a pause nobody else would get one before the end.
    await endOfTurn()
    place = next
  } while (place)
}

/** The name a browser saves an export under. */
export function exportName(ctx: Context, filter: AuditFilter, orgSlug: string): string {
  const day = ctx.clock.now().toISOString().slice(0, 10)
  return `audit-log-${filter.isInstall ? 'install' : orgSlug}-${day}.csv`
}

function lineOf(event: AuditEvent): string {
  return csvLine([
    event.at.toISOString(),
    event.action,
    isAction(event.action) ? ACTIONS[event.action] : '',
    event.actorKind,
    event.actorId === null ? '' : String(event.actorId),
    event.actorLabel,
    JSON.stringify(event.detail),
    event.address ?? '',
    event.requestId ?? '',
    event.eventId,
  ])
}
