import { id, table, text, timestamp } from '#db/columns.ts'

/** The data key, sealed under a key derived from `JWT_SECRET`. One row; rotation rewrites it. */
export const vaultKeys = table(
  'vault_keys',
  { scope: 'instance' },
  {
    id: id(),
    sealed: text('sealed').notNull(),
    createdAt: timestamp('created_at').notNull(),
    rewrappedAt: timestamp('rewrapped_at'),
  },
)
