import { table, text, timestamp } from '#db/columns.ts'

/** The one-time setup link of an install without users. One row at most; only the token's SHA-256 (hex) is kept. */
export const setupLinks = table(
  'setup_links',
  { scope: 'instance' },
  {
    tokenHash: text('token_hash').primaryKey(),
    expiresAt: timestamp('expires_at').notNull(),
  },
)
