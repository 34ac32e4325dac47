import { and, eq, max, min, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { backups } from './tables.ts'

/**
 * When an org's backups were last proven to be restorable, without a difference, and when its first one was made, as columns
 * of a query over orgs whose id is `orgId`; null where there is none.
 */
export function proofTimes(
  db: Database,
  orgId: SQLWrapper,
): { provenAt: SQL<Date | null>; firstBackupAt: SQL<Date | null> } {
  const isWhole = and(sql`${backups.orgId} = ${orgId}`, eq(backups.state, 'complete'))
  const proven = db
    .select({ at: max(backups.provenAt) })
    .from(backups)
    .where(and(isWhole, eq(backups.proofDifferences, 0)))
  const first = db
    .select({ at: min(backups.createdAt) })
    .from(backups)
    .where(isWhole)
  return { provenAt: timeOf(proven), firstBackupAt: timeOf(first) }
}

function timeOf(query: SQLWrapper): SQL<Date | null> {
  return sql<Date | null>`(${query})`.mapWith(backups.createdAt)
}
