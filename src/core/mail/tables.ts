import { orgs } from '#core/tenancy/tables.ts'
import { integer, table, text, timestamp } from '#db/columns.ts'

/** An org's own relay, in place of the platform's. */
export const smtpSettings = table(
  'smtp_settings',
  { scope: 'org', column: 'org_id', backup: 'replace', without: ['password_sealed'] },
  {
    orgId: integer('org_id')
      .primaryKey()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    host: text('host').notNull(),
    port: integer('port').notNull(),
    tls: text('tls', { enum: ['starttls', 'tls', 'none'] }).notNull(),
    username: text('username').notNull(),
    passwordSealed: text('password_sealed').notNull(),
    from: text('from_address').notNull(),
    updatedAt: timestamp('updated_at').notNull(),
  },
)
