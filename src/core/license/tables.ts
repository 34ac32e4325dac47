import { TIERS } from '#core/license/license.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { id, integer, table, text, timestamp, uniqueIndex } from '#db/columns.ts'

/** The licence document of an org, as the vendor signed it. */
export const orgLicenses = table(
  'org_licenses',
  { scope: 'org', column: 'org_id', backup: 'keep' },
  {
    id: id(),
    orgId: integer('org_id')
      .notNull()
      .unique()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    document: text('document').notNull(),
    /** SHA-256 (hex) of the document: what is verified once is known by it. */
    sha256: text('sha256').notNull(),
    /** `file`: `DATA_DIR/license.json` holds the document, and what stands there counts. */
    origin: text('origin', { enum: ['upload', 'file'] }).notNull(),
    installedAt: timestamp('installed_at').notNull(),
    /** Who did it, as the audit log names him. */
    installedBy: text('installed_by').notNull(),
  },
)

/** What an org pays for in the cloud. One row for each product. */
export const subscriptions = table(
  'subscriptions',
  { scope: 'org', column: 'org_id', backup: 'keep' },
  {
    id: id(),
    orgId: integer('org_id')
      .notNull()
      .references(() => orgs.id, { onDelete: 'cascade' }),
    product: text('product').notNull(),
    deploymentTier: text('deployment_tier').notNull(),
    licenseTier: text('license_tier', { enum: TIERS }).notNull(),
    status: text('status', { enum: ['active', 'past_due', 'canceled'] }).notNull(),
    periodEnd: timestamp('period_end'),
    createdAt: timestamp('created_at').notNull(),
  },
  (t) => [uniqueIndex('subscriptions_org_product').on(t.orgId, t.product)],
)

/** The largest time this install has ever seen, to within an hour. One row, `name` is `largest`. */
export const licenseClock = table(
  'license_clock',
  { scope: 'instance' },
  {
    name: text('name').primaryKey(),
    seenAt: timestamp('seen_at').notNull(),
  },
)
