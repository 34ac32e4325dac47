import { orgs } from '#core/tenancy/tables.ts'
import { id, index, integer, json, table, text, timestamp } from '#db/columns.ts'

/** One row for each thing that happened, written in the transaction of the change. The same row is the outbox of events. */
export const auditLog = table(
  'audit_log',
  { scope: 'org', column: 'org_id' },
  {
    /** Orders the log; `eventId` is what clients see. */
    id: id(),
    eventId: text('event_id').notNull().unique(),
    orgId: integer('org_id').references(() => orgs.id, { onDelete: 'cascade' }),
    action: text('action').notNull(),
    actorKind: text('actor_kind', { enum: ['person', 'job', 'operator', 'nobody'] }).notNull(),
    actorId: integer('actor_id'),
    actorLabel: text('actor_label').notNull(),
    detail: json('detail').$type<Record<string, unknown>>().notNull(),
    requestId: text('request_id'),
    address: text('address'),
    at: timestamp('at').notNull(),
  },
  (t) => [index('audit_log_org').on(t.orgId, t.id)],
)
