import { ROLES } from '#core/access/roles.ts'
import { boolean, id, index, integer, table, text, timestamp, uniqueIndex } from '#db/columns.ts'

export const orgs = table(
  'orgs',
  { scope: 'org', column: 'id' },
  {
    id: id(),
    slug: text('slug').notNull().unique(),
    name: text('name').notNull(),
    createdAt: timestamp('created_at').notNull(),
  },
)

export const users = table(
  'users',
  { scope: 'user', column: 'id' },
  {
    id: id(),
    email: text('email').notNull().unique(),
    name: text('name').notNull(),
    passwordHash: text('password_hash'),
    mustResetPassword: boolean('must_reset_password').notNull().default(false),
    isSuperadmin: boolean('is_superadmin').notNull().default(false),
    isActive: boolean('is_active').notNull().default(true),
    tokenVersion: integer('token_version').notNull().default(0),
    defaultOrgId: integer('default_org_id').references(() => orgs.id, { onDelete: 'set null' }),
    lastSignInAt: timestamp('last_sign_in_at'),
    createdAt: timestamp('created_at').notNull(),
  },
)

export const userOrgs = table(
  'user_orgs',
  { scope: 'org', column: 'org_id' },
  {
    id: id(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    orgId: integer('org_id')
      .notNull()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    role: text('role', { enum: ROLES }).notNull(),
    createdAt: timestamp('created_at').notNull(),
    /** Written at most once in five minutes. */
    lastActiveAt: timestamp('last_active_at'),
  },
  (t) => [uniqueIndex('user_orgs_user_org').on(t.userId, t.orgId), index('user_orgs_org').on(t.orgId)],
)
