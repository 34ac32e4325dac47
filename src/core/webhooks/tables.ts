import { orgs, users } from '#core/tenancy/tables.ts'
import { boolean, id, index, integer, json, table, text, timestamp } from '#db/columns.ts'

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
