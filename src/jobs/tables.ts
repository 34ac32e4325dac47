import { index, integer, table, text, timestamp, uniqueIndex } from '#db/columns.ts'

/** Work to do, leased by a worker. `payload` is JSON, or a vault envelope while `isSealed`; it is erased when the job ends. */
export const jobs = table(
  'jobs',
  { scope: 'org', column: 'org_id', backup: 'never' },
  {
    /** UUIDv7. */
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    /** No foreign key: the queue stands below tenancy. Null for work of the whole install. */
    orgId: integer('org_id'),
    /** At most one unfinished job has this key; null: no such limit. */
    uniqueKey: text('unique_key'),
    payload: text('payload'),
    state: text('state', { enum: ['waiting', 'running', 'done', 'failed'] }).notNull(),
    runAt: timestamp('run_at').notNull(),
    attempts: integer('attempts').notNull().default(0),
    lockedUntil: timestamp('locked_until'),
    lockedBy: text('locked_by'),
    lastError: text('last_error'),
    createdAt: timestamp('created_at').notNull(),
    finishedAt: timestamp('finished_at'),
  },
  (t) => [index('jobs_due').on(t.state, t.runAt, t.kind, t.orgId), uniqueIndex('jobs_unique_key').on(t.uniqueKey)],
)

/** When each scheduled job runs next; claimed by one conditional update, so a tick runs once over all nodes. */
export const schedules = table(
  'schedules',
  { scope: 'instance' },
  {
    name: text('name').primaryKey(),
    cron: text('cron').notNull(),
    nextRunAt: timestamp('next_run_at').notNull(),
    lastRunAt: timestamp('last_run_at'),
  },
)
