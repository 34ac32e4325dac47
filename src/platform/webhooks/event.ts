import { auditLog } from '#core/audit/tables.ts'

/** What happened, as clients see it: the members of a delivery's body, in their order. */
export type Event = Readonly<{
  id: string
  type: string
  created_at: string
  org_id: number
  data: Readonly<Record<string, unknown>>
}>

export const EVENT_COLUMNS = {
  rowId: auditLog.id,
  eventId: auditLog.eventId,
  action: auditLog.action,
  detail: auditLog.detail,
  at: auditLog.at,
}

type EventRow = Readonly<{ eventId: string; action: string; detail: Record<string, unknown>; at: Date }>

/** The audit line as an event. Its row never changes, so the same event always has the same bytes. */
export function eventOf(orgId: number, { eventId, action, detail, at }: EventRow): Event {
  return { id: eventId, type: action, created_at: at.toISOString(), org_id: orgId, data: detail }
}
