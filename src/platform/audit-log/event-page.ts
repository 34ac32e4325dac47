import type { AuditEvent } from './event.ts'
import type { Place } from './place.ts'

export type PageRequest = Readonly<{ limit: number; place?: Place | undefined }>

export type EventPage = Readonly<{
  events: readonly AuditEvent[]
  /** Where the next page begins; undefined at the end. A search may have one after few events or none: it looked that far. */
  next: Place | undefined
}>

/** The page of the events that were found, one more than it shows if there are; `end` is how far was looked for them. */
export function pageOf(events: readonly AuditEvent[], limit: number, end: Place | undefined): EventPage {
  const shown = events.slice(0, limit)
  return { events: shown, next: events.length > limit ? shown.at(-1) : end }
}
