import { sql } from 'drizzle-orm'
import { ROLES } from '#core/access/roles.ts'
import { orgs, users } from '#core/tenancy/tables.ts'
import { id, index, integer, table, text, timestamp, uniqueIndex } from '#db/columns.ts'

/** An invitation. Only the SHA-256 (hex) of its token is kept. A `pending` row past `expiresAt` reads as expired. */
export const invites = table(
  'invites',
  { scope: 'org', column: 'org_id', backup: 'keep', without: ['token_hash'] },
  {
    id: id(),
    orgId: integer('org_id')
      .notNull()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    email: text('email').notNull(),
    role: text('role', { enum: ROLES }).notNull(),
    tokenHash: text('token_hash').notNull().unique(),
    state: text('state', { enum: ['pending', 'accepted', 'revoked', 'expired'] }).notNull(),
    invitedBy: integer('invited_by').references(() => users.id, { onDelete: 'set null' }),
    createdAt: timestamp('created_at').notNull(),
    expiresAt: timestamp('expires_at').notNull(),
    endedAt: timestamp('ended_at'),
    acceptedBy: integer('accepted_by').references(() => users.id, { onDelete: 'set null' }),
    mailState: text('mail_state', { enum: ['queued', 'sent', 'failed', 'link'] }).notNull(),
    mailError: text('mail_error'),
  },
  (t) => [
    uniqueIndex('invites_open').on(t.orgId, t.email).where(sql`state = 'pending'`),
    index('invites_org').on(t.orgId, t.id),
  ],
)
