import { orgs, users } from '#core/tenancy/tables.ts'
import { boolean, id, index, integer, json, table, text, timestamp, uniqueIndex } from '#db/columns.ts'

/** A secret that was rotated away must not come back, so that a backup has none. */
const SECRETS = ['secret_sealed', 'secret_tail', 'previous_secret_sealed', 'previous_secret_ends_at'] as const

/** An address that events are sent to. Its secrets are sealed. */
export const webhooks = table(
  'webhooks',
  { scope: 'org', column: 'org_id', backup: 'replace', without: SECRETS },
  {
    id: id(),
    orgId: integer('org_id')
      .notNull()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    url: text('url').notNull(),
    /** Event types, or `prefix.*`; an empty list is every event. */
    events: json('events').$type<string[]>().notNull(),
    schedule: text('schedule', { enum: ['default', 'long'] })
      .notNull()
      .default('default'),
    isActive: boolean('is_active').notNull().default(true),
    /** Why it is not active, when nobody switched it off; null otherwise. */
    disabledReason: text('disabled_reason'),
    secretSealed: text('secret_sealed').notNull(),
    secretTail: text('secret_tail').notNull(),
    /** The secret before the last rotation, which signs too until `previousSecretEndsAt`. */
    previousSecretSealed: text('previous_secret_sealed'),
    previousSecretEndsAt: timestamp('previous_secret_ends_at'),
    /** Since when every attempt has failed; null after one that did not. */
    failingSince: timestamp('failing_since'),
    createdBy: integer('created_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: timestamp('created_at').notNull(),
    updatedAt: timestamp('updated_at').notNull(),
  },
  (t) => [index('webhooks_org').on(t.orgId, t.id)],
)

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
