import { orgs } from '#core/tenancy/tables.ts'
import { boolean, id, index, integer, table, text, timestamp } from '#db/columns.ts'

const STATUSES = ['ok', 'warn', 'error'] as const

/**
 * How a component was: at a moment (`sample`), or over an `hour` or a `day` that samples were rolled up into. A null org is
 * the whole install.
 */
export const healthSamples = table(
  'health_samples',
  { scope: 'org', column: 'org_id', backup: 'keep' },
  {
    id: id(),
    orgId: integer('org_id').references(() => orgs.id, { onDelete: 'cascade' }),
    component: text('component').notNull(),
    span: text('span', { enum: ['sample', 'hour', 'day'] }).notNull(),
    /** The moment, or when the span began. */
    at: timestamp('at').notNull(),
    /** Of a span, the one at its end: its durations tell the worst. */
    status: text('status', { enum: STATUSES }).notNull(),
    /** Of a span, that of the worst in it. */
    message: text('message').notNull(),
    /** Of a span, the longest. */
    latencyMs: integer('latency_ms').notNull(),
    /** How long a span was in each state; what is missing to its length is unknown. Null for a sample. */
    okMs: integer('ok_ms'),
    warnMs: integer('warn_ms'),
    errorMs: integer('error_ms'),
  },
  (t) => [index('health_samples_org_component').on(t.orgId, t.component, t.span, t.at)],
)

/** The last known status of each component, by which a flip is known, and whether people were told of it. */
export const healthStates = table(
  'health_states',
  { scope: 'org', column: 'org_id', backup: 'never' },
  {
    /** `<org id, or 0 for the whole install>:<component>`. */
    key: text('key').primaryKey(),
    orgId: integer('org_id').references(() => orgs.id, { onDelete: 'cascade' }),
    component: text('component').notNull(),
    status: text('status', { enum: STATUSES }).notNull(),
    since: timestamp('since').notNull(),
    /** The last probe; of an org, the last one that changed something here. */
    checkedAt: timestamp('checked_at').notNull(),
    /** When a sample was written last. */
    savedAt: timestamp('saved_at').notNull(),
    /** Bad probes one after the other; 0 after a good one. */
    badInARow: integer('bad_in_a_row').notNull().default(0),
    /** Since when people know that it is bad; null while they know of nothing. */
    alertedAt: timestamp('alerted_at'),
  },
  (t) => [index('health_states_org').on(t.orgId)],
)

/** What an org's admins chose about health. */
export const healthSettings = table(
  'health_settings',
  { scope: 'org', column: 'org_id', backup: 'replace' },
  {
    orgId: integer('org_id')
      .primaryKey()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    isAlerting: boolean('is_alerting').notNull().default(false),
    updatedAt: timestamp('updated_at').notNull(),
  },
)
