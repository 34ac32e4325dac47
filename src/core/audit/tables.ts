import { orgs } from '#core/tenancy/tables.ts'
import { id, index, integer, json, table, text, timestamp } from '#db/columns.ts'

/**
 * One row for each thing that happened, written in the transaction of the change. The same row is the outbox of events.
 * Triggers refuse to change a row, and to delete one that is neither older than `audit_retention` says nor of an org that is gone.
 */
export const auditLog = table(
  'audit_log',
  { scope: 'org', column: 'org_id', backup: 'keep' },
  {
    id: id(),
    /** What clients see. */
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
    /** The row's words, each with a space before it; an index of words is kept from it by the database. */
    searchText: text('search_text').notNull().default(''),
  },
  (t) => [
    index('audit_log_org_at').on(t.orgId, t.at, t.id),
    index('audit_log_org_action_at').on(t.orgId, t.action, t.at, t.id),
    index('audit_log_org_actor_at').on(t.orgId, t.actorId, t.at, t.id),
    index('audit_log_org_actor_action_at').on(t.orgId, t.actorId, t.action, t.at, t.id),
    index('audit_log_at').on(t.at, t.id),
  ],
)

/** At most one row. `cutoff` is set inside a transaction that deletes what is older, and null at any other time. */
export const auditRetention = table(
  'audit_retention',
  { scope: 'instance' },
  {
    id: integer('id').primaryKey(),
    cutoff: timestamp('cutoff'),
    /** Rows deleted by a run that has not come to its end, or was stopped in the middle. */
    deleted: integer('deleted').notNull().default(0),
  },
)
