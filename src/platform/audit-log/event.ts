import { desc } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'

export type AuditEvent = Readonly<{
  /** Orders events of one millisecond; `eventId` is what clients see. */
  id: number
  eventId: string
  /** One of `ACTIONS`, unless a newer version wrote it. */
  action: string
  actorKind: 'person' | 'job' | 'operator' | 'nobody'
  /** Of a person. */
  actorId: number | null
  /** A person's e-mail, a job's id, or the kind again. */
  actorLabel: string
  detail: Record<string, unknown>
  requestId: string | null
  address: string | null
  at: Date
}>

/** What is read of a row to make an `AuditEvent`. */
export const EVENT = {
  id: auditLog.id,
  eventId: auditLog.eventId,
  action: auditLog.action,
  actorKind: auditLog.actorKind,
  actorId: auditLog.actorId,
  actorLabel: auditLog.actorLabel,
  detail: auditLog.detail,
  requestId: auditLog.requestId,
  address: auditLog.address,
  at: auditLog.at,
}

/** With the org in front the order is that of the indexes for rows without one, too. */
export const NEWEST_FIRST = [desc(auditLog.orgId), desc(auditLog.at), desc(auditLog.id)]
