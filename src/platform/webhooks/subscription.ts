import { like, or, type SQL, sql } from 'drizzle-orm'
import { EVENT_TYPES, isEventType } from '#core/audit/event-types.ts'
import { auditLog } from '#core/audit/tables.ts'
import { AppError } from '#core/errors.ts'

const EVENTS_MAX = 100
const PREFIX_TAIL = '.*'

/** Whether a list of types and `prefix.*` names this type; an empty list names all. */
export function isSubscribed(events: readonly string[], type: string): boolean {
  return (
    events.length === 0 || events.some((event) => event === type || (isPrefix(event) && type.startsWith(stem(event))))
  )
}

/** The same as a condition on audit lines; undefined when every one is meant. */
export function subscribedCondition(events: readonly string[]): SQL | undefined {
  if (events.length === 0) return undefined
  // The stem holds letters, dots and underscores; of these `_` stands for any letter in LIKE, which widens nothing here.
  return or(
    ...events.map((event) =>
      isPrefix(event) ? like(auditLog.action, `${stem(event)}%`) : sql`${auditLog.action} = ${event}`,
    ),
  )
}

/** The list without doubles, in its order. Error: `unknown_event` (invalid), with what is unknown in `detail`. */
export function requireEvents(events: readonly string[]): string[] {
  const unknown = events.find((event) => !isKnown(event))
  if (unknown !== undefined) {
    const detail = unknown.slice(0, 100)
    throw new AppError('invalid', 'unknown_event', `There is no event ${detail}.`, { field: 'events', detail })
  }
  if (events.length > EVENTS_MAX) {
    throw new AppError('invalid', 'too_many_events', `A webhook names at most ${EVENTS_MAX} events.`, {
      field: 'events',
    })
  }
  return [...new Set(events)]
}

function isKnown(event: string): boolean {
  if (!isPrefix(event)) return isEventType(event)
  return EVENT_TYPES.some((type) => type.startsWith(stem(event)))
}

function isPrefix(event: string): boolean {
  return event.endsWith(PREFIX_TAIL) && event.length > PREFIX_TAIL.length
}

function stem(event: string): string {
  return event.slice(0, -1)
}
