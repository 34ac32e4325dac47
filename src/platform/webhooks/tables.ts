import { orgs } from '#core/tenancy/tables.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { id, index, integer, table, text, timestamp, uniqueIndex } from '#db/columns.ts'

/** One event on its way to one webhook. The event is named and not copied: the audit log holds it. */
export const webhookDeliveries = table(
  'webhook_deliveries',
  { scope: 'org', column: 'org_id', backup: 'keep' },
  {
    /** UUIDv7. */
    id: text('id').primaryKey(),
    orgId: integer('org_id')
      .notNull()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    webhookId: integer('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    eventId: text('event_id').notNull(),
    eventType: text('event_type').notNull(),
    /** `event` for the first time, else what asked for it again: one delivery for each, however often its maker runs. */
    origin: text('origin').notNull(),
    state: text('state', { enum: ['waiting', 'delivered', 'failed', 'dropped'] }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Of the last attempt; null before it, and when no answer came. */
    statusCode: integer('status_code'),
    nextRetryAt: timestamp('next_retry_at'),
    createdAt: timestamp('created_at').notNull(),
    finishedAt: timestamp('finished_at'),
  },
  (t) => [
    uniqueIndex('webhook_deliveries_once').on(t.webhookId, t.eventId, t.origin),
    index('webhook_deliveries_webhook').on(t.webhookId, t.createdAt, t.id),
    index('webhook_deliveries_webhook_state').on(t.webhookId, t.state, t.createdAt, t.id),
    index('webhook_deliveries_org').on(t.orgId, t.createdAt, t.id),
    index('webhook_deliveries_created').on(t.createdAt),
  ],
)

/** One request of a delivery, and what came back. */
export const webhookAttempts = table(
  'webhook_attempts',
  { scope: 'org', column: 'org_id', backup: 'keep' },
  {
    id: id(),
    orgId: integer('org_id')
      .notNull()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    deliveryId: text('delivery_id')
      .notNull()
      .references(() => webhookDeliveries.id, { onDelete: 'cascade' }),
    /** 1 for the first. */
    number: integer('number').notNull(),
    /** Null when no answer came; then `error` says why. */
    statusCode: integer('status_code'),
    excerpt: text('excerpt').notNull().default(''),
    error: text('error'),
    durationMs: integer('duration_ms').notNull(),
    at: timestamp('at').notNull(),
  },
  (t) => [
    uniqueIndex('webhook_attempts_delivery').on(t.deliveryId, t.number),
    index('webhook_attempts_org').on(t.orgId),
  ],
)
