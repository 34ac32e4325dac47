import { ROLES } from '#core/access/roles.ts'
import { boolean, id, index, integer, table, text, timestamp, uniqueIndex } from '#db/columns.ts'

export const orgs = table(
  'orgs',
  { scope: 'org', column: 'id', backup: 'merge' },
  {
    id: id(),
    slug: text('slug').notNull().unique(),
    name: text('name').notNull(),
    createdAt: timestamp('created_at').notNull(),
    /** The accent of its pages as `#rrggbb`; null for ours. */
    color: text('color'),
    /** SHA-256 (hex) of its logo, which names the logo's address; null without one. */
    logoHash: text('logo_hash'),
  },
)

/** One logo an org. In the database and not in a file, so that it changes with its hash or not at all, on every node. */
export const orgLogos = table(
  'org_logos',
  { scope: 'org', column: 'org_id', backup: 'replace' },
  {
    orgId: integer('org_id')
      .primaryKey()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    mediaType: text('media_type').notNull(),
    base64: text('base64').notNull(),
    updatedAt: timestamp('updated_at').notNull(),
  },
)

export const users = table(
  'users',
  { scope: 'user', column: 'id', backup: 'merge', only: ['id', 'email', 'name'] },
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
    /** When a temporary password stops to work; null for a password its owner chose. */
    passwordExpiresAt: timestamp('password_expires_at'),
    /** How far the person came in the welcome tour; null before its first step. */
    tourStep: text('tour_step'),
    tourEndedAt: timestamp('tour_ended_at'),
    createdAt: timestamp('created_at').notNull(),
  },
)

export const userOrgs = table(
  'user_orgs',
  { scope: 'org', column: 'org_id', backup: 'merge' },
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
