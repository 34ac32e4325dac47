import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { smtpSettings } from '#core/mail/tables.ts'
import { orgs } from '#core/tenancy/tables.ts'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/database.ts'
import { proofTimes } from '#platform/backups/proof-times.ts'
import { healthSettings } from './tables.ts'

/** What the probes of an org go by. */
export type OrgFacts = Readonly<{
  orgId: number
  createdAt: Date
  hasOwnRelay: boolean
  /** When one of its backups was last proven to be restorable. */
  provenAt: Date | null
  firstBackupAt: Date | null
  isAlerting: boolean
}>

/** Those of one org; undefined when it is gone. One statement. */
export async function findOrgFacts({ db }: Pick<Context, 'db'>, orgId: number): Promise<OrgFacts | undefined> {
  const query = prepared(db, 'health_org_facts', () => factsQuery(db).where(eq(orgs.id, sql.placeholder('orgId'))))
  const [row] = await query.execute({ orgId })
  return row && factsOf(row)
}

/** Those of the next orgs after an id, at most `limit`. One statement. */
export async function listOrgFacts({ db }: Pick<Context, 'db'>, after: number, limit: number): Promise<OrgFacts[]> {
  const rows = await factsQuery(db).where(gt(orgs.id, after)).orderBy(asc(orgs.id)).limit(limit)
  return rows.map(factsOf)
}

function factsQuery(db: Database) {
  return db
    .select({
      orgId: orgs.id,
      createdAt: orgs.createdAt,
      relayOf: smtpSettings.orgId,
      alertedOrg: healthSettings.orgId,
      ...proofTimes(db, orgs.id),
    })
    .from(orgs)
    .leftJoin(smtpSettings, eq(smtpSettings.orgId, orgs.id))
    .leftJoin(healthSettings, and(eq(healthSettings.orgId, orgs.id), eq(healthSettings.isAlerting, true)))
}

type FactsRow = Awaited<ReturnType<typeof factsQuery>>[number]

function factsOf({ relayOf, alertedOrg, ...facts }: FactsRow): OrgFacts {
  return { ...facts, hasOwnRelay: relayOf !== null, isAlerting: alertedOrg !== null }
}
