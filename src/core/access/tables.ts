import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { id, index, integer, table, text, timestamp, uniqueIndex } from '#db/columns.ts'

/** Personal access tokens. Only the SHA-256 (hex) of a token is kept; `tail` is its last 4 characters, for its owner's list. */
export const tokens = table(
  'tokens',
  { scope: 'user', column: 'user_id', backup: 'never' },
  {
    id: id(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    tokenHash: text('token_hash').notNull().unique(),
    tail: text('tail').notNull(),
    createdAt: timestamp('created_at').notNull(),
    expiresAt: timestamp('expires_at'),
    lastUsedAt: timestamp('last_used_at'),
    revokedAt: timestamp('revoked_at'),
  },
  (t) => [index('tokens_user').on(t.userId)],
)

/** Sessions ended before their token expired (`jti`); a row may go once no token of that session can still be valid. */
export const endedSessions = table(
  'ended_sessions',
  { scope: 'user', column: 'user_id', backup: 'never' },
  {
    jti: text('jti').primaryKey(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    endedAt: timestamp('ended_at').notNull(),
  },
  (t) => [index('ended_sessions_ended').on(t.endedAt)],
)

/** One row a failed or still undecided sign-in. `account` is the SHA-256 of the e-mail tried, so unknown accounts count alike. */
export const signInAttempts = table(
  'sign_in_attempts',
  { scope: 'instance' },
  {
    id: id(),
    account: text('account').notNull(),
    /** The client's address, or `device:<hash>` for a browser that signed in to this account before. */
    origin: text('origin').notNull(),
    at: timestamp('at').notNull(),
  },
  (t) => [index('sign_in_attempts_account').on(t.account, t.at)],
)

/** Reset links, and beside them a row for each temporary password, which is no link: its `tokenHash` is no hash. */
export const passwordResets = table(
  'password_resets',
  { scope: 'user', column: 'user_id', backup: 'never' },
  {
    id: id(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    tokenHash: text('token_hash').notNull().unique(),
    createdAt: timestamp('created_at').notNull(),
    expiresAt: timestamp('expires_at').notNull(),
    usedAt: timestamp('used_at'),
  },
  (t) => [index('password_resets_user').on(t.userId, t.createdAt)],
)

export const groups = table(
  'groups',
  { scope: 'org', column: 'org_id', backup: 'replace' },
  {
    id: id(),
    orgId: integer('org_id')
      .notNull()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** The name as it is compared: two groups of an org never differ by case alone. */
    nameKey: text('name_key').notNull(),
    createdAt: timestamp('created_at').notNull(),
  },
  (t) => [uniqueIndex('groups_org_name').on(t.orgId, t.nameKey)],
)

/** Who is in a group. It points at the membership and not at the person: whoever leaves the org has left its groups. */
export const groupMembers = table(
  'group_members',
  { scope: 'org', column: 'org_id', backup: 'replace' },
  {
    id: id(),
    orgId: integer('org_id')
      .notNull()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    groupId: integer('group_id')
      .notNull()
      .references(() => groups.id, { onDelete: 'cascade' }),
    membershipId: integer('membership_id')
      .notNull()
      .references(() => userOrgs.id, { onDelete: 'cascade' }),
    createdAt: timestamp('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('group_members_group_membership').on(t.groupId, t.membershipId),
    index('group_members_membership').on(t.membershipId),
    index('group_members_org').on(t.orgId),
  ],
)

/** What a group adds to the roles of its members. */
export const groupGrants = table(
  'group_grants',
  { scope: 'org', column: 'org_id', backup: 'replace' },
  {
    id: id(),
    orgId: integer('org_id')
      .notNull()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    groupId: integer('group_id')
      .notNull()
      .references(() => groups.id, { onDelete: 'cascade' }),
    permission: text('permission').notNull(),
    /** The one thing it is limited to, such as `group:5`; empty for all of the org's. */
    target: text('target').notNull(),
    createdAt: timestamp('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('group_grants_group_permission').on(t.groupId, t.permission, t.target),
    index('group_grants_org').on(t.orgId),
  ],
)
