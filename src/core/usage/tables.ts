import { orgs } from '#core/tenancy/tables.ts'
import { id, index, integer, table, text, timestamp, uniqueIndex } from '#db/columns.ts'

/** One thing an org used: a call of a language model, a dbt run. Rooms add rows; nothing changes them. */
export const usageEvents = table(
  'usage_events',
  { scope: 'org', column: 'org_id' },
  {
    id: id(),
    orgId: integer('org_id')
      .notNull()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['llm.call', 'dbt.run'] }).notNull(),
    /** Where it came from, such as `chat`; empty where there is one source only. */
    source: text('source').notNull().default(''),
    outcome: text('outcome', { enum: ['ok', 'failed'] }).notNull(),
    at: timestamp('at').notNull(),
  },
  (t) => [index('usage_events_org_at').on(t.orgId, t.at, t.id)],
)

/** How many usage events a day and a month had, written with each of them: pages read this table only. */
export const usageDays = table(
  'usage_days',
  { scope: 'org', column: 'org_id' },
  {
    id: id(),
    orgId: integer('org_id')
      .notNull()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    /** `YYYY-MM-DD`, UTC; or `month YYYY-MM`, which stands behind all days, for the sum of a month. */
    day: text('day').notNull(),
    kind: text('kind', { enum: ['llm.call', 'dbt.run'] }).notNull(),
    source: text('source').notNull(),
    outcome: text('outcome', { enum: ['ok', 'failed'] }).notNull(),
    events: integer('events').notNull(),
  },
  (t) => [uniqueIndex('usage_days_once').on(t.orgId, t.day, t.kind, t.source, t.outcome)],
)

/** How much of something an org had on a day: what cannot be counted from events. */
export const usageLevels = table(
  'usage_levels',
  { scope: 'org', column: 'org_id' },
  {
    id: id(),
    orgId: integer('org_id')
      .notNull()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    /** `YYYY-MM-DD`, UTC. */
    day: text('day').notNull(),
    kind: text('kind', { enum: ['members', 'datasets', 'dashboards', 'storage_bytes', 'storage_files'] }).notNull(),
    value: integer('value').notNull(),
  },
  (t) => [uniqueIndex('usage_levels_once').on(t.orgId, t.kind, t.day)],
)
