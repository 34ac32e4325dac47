import { orgs, users } from '#core/tenancy/tables.ts'
import { id, index, integer, table, text, timestamp, uniqueIndex } from '#db/columns.ts'

/** A backup of an org. Its file is `DATA_DIR/_backups/<slug>/<name>`. */
export const backups = table(
  'backups',
  { scope: 'org', column: 'org_id', backup: 'never' },
  {
    id: id(),
    orgId: integer('org_id')
      .notNull()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** `safety` is taken before a restore, and does not count among those that are kept. */
    kind: text('kind', { enum: ['manual', 'scheduled', 'safety'] }).notNull(),
    state: text('state', { enum: ['running', 'complete', 'failed'] }).notNull(),
    error: text('error'),
    rowsDone: integer('rows_done').notNull().default(0),
    /** What is expected while it runs, what there is afterwards. */
    rows: integer('rows').notNull().default(0),
    tables: integer('tables').notNull().default(0),
    files: integer('files').notNull().default(0),
    bytes: integer('bytes').notNull().default(0),
    /** SHA-256 (hex) of the file. */
    sha256: text('sha256'),
    createdBy: integer('created_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: timestamp('created_at').notNull(),
    finishedAt: timestamp('finished_at'),
    /** When it was last restored into a scratch database and compared. */
    provenAt: timestamp('proven_at'),
    proofTables: integer('proof_tables'),
    proofDifferences: integer('proof_differences'),
    proofError: text('proof_error'),
    /** When it was copied to the org's object store. */
    uploadedAt: timestamp('uploaded_at'),
    uploadError: text('upload_error'),
  },
  (t) => [uniqueIndex('backups_org_name').on(t.orgId, t.name), index('backups_org').on(t.orgId, t.createdAt, t.id)],
)

/** A restore that was asked for. */
export const restores = table(
  'restores',
  { scope: 'org', column: 'org_id', backup: 'never' },
  {
    id: id(),
    orgId: integer('org_id')
      .notNull()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    backupId: integer('backup_id').references(() => backups.id, { onDelete: 'set null' }),
    safetyBackupId: integer('safety_backup_id').references(() => backups.id, { onDelete: 'set null' }),
    state: text('state', { enum: ['running', 'complete', 'failed'] }).notNull(),
    step: text('step', { enum: ['waiting', 'saving', 'loading', 'swapping', 'ended'] }).notNull(),
    rowsDone: integer('rows_done').notNull().default(0),
    rows: integer('rows').notNull().default(0),
    error: text('error'),
    createdBy: integer('created_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: timestamp('created_at').notNull(),
    finishedAt: timestamp('finished_at'),
  },
  (t) => [index('restores_org').on(t.orgId, t.createdAt, t.id)],
)

/** When an org is backed up by itself, and where a copy goes. */
export const backupSettings = table(
  'backup_settings',
  { scope: 'org', column: 'org_id', backup: 'keep', without: ['s3_secret_sealed'] },
  {
    orgId: integer('org_id')
      .primaryKey()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    frequency: text('frequency', { enum: ['off', 'daily', 'weekly'] }).notNull(),
    /** UTC, 0 to 23. */
    hour: integer('hour').notNull().default(2),
    /** 0 is Sunday; of a weekly one. */
    weekday: integer('weekday').notNull().default(0),
    nextRunAt: timestamp('next_run_at'),
    /** Null without an object store, and then so is the rest. */
    s3Endpoint: text('s3_endpoint'),
    s3Region: text('s3_region'),
    s3Bucket: text('s3_bucket'),
    s3Prefix: text('s3_prefix'),
    s3AccessKeyId: text('s3_access_key_id'),
    s3SecretSealed: text('s3_secret_sealed'),
    updatedAt: timestamp('updated_at').notNull(),
  },
  (t) => [index('backup_settings_due').on(t.nextRunAt)],
)
