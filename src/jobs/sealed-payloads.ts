import { and, asc, gt, like } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { type SealPurpose, sealedPayloadOf } from './queue.ts'
import { jobs } from './tables.ts'

const ROWS_AT_ONCE = 500

/** The sealed payloads of jobs that have not ended, oldest first. */
export const SEALED_PAYLOADS = { name: 'jobs.payload', read: readSealedPayloads }

async function* readSealedPayloads(db: Database): AsyncGenerator<{ envelope: string; purpose: SealPurpose }> {
  for (let after = ''; ; ) {
    const rows = await db
      .select({ id: jobs.id, orgId: jobs.orgId, payload: jobs.payload })
      .from(jobs)
      .where(and(gt(jobs.id, after), like(jobs.payload, '{"sealed":%')))
      .orderBy(asc(jobs.id))
      .limit(ROWS_AT_ONCE)
    for (const row of rows) yield sealedPayloadOf(row)
    const last = rows.at(-1)
    if (!last || rows.length < ROWS_AT_ONCE) return
    after = last.id
  }
}
