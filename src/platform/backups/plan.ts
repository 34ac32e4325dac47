import type { MigrationRun } from '#db/database.ts'
import type { Engine } from '#db/engine.ts'
import type { SchemaNames, Scratch } from '#db/scratch.ts'
import { tableIn } from '#db/sql-text.ts'
import type { LoadableTable } from './loadable.ts'
import type { OrgManifest } from './manifest.ts'
import type { Staging } from './staging.ts'

/** Statements that see both databases, the live one to read only. */
export type BothSql = Readonly<{ engine: Engine; run: MigrationRun; names: SchemaNames }>

/** What a restore, or its preview, goes by. */
export type Plan = Readonly<{
  orgId: number
  staging: Staging
  manifest: OrgManifest
  sql: BothSql
  /** What is restored, a parent before its children. */
  tables: readonly LoadableTable[]
  /** The backup is of this very org, so that its ids name the same rows as here. */
  isSameOrg: boolean
  /** Nothing will be written: it needs no ids of its own. */
  isTrial: boolean
  signal: AbortSignal | undefined
}>

/** What a restore brings back; the rest of a backup is for the record. */
export function isRestored({ policy }: LoadableTable): boolean {
  return policy !== 'keep'
}

export async function makePlan(
  staging: Staging,
  orgId: number,
  { isTrial, signal }: Pick<Plan, 'isTrial' | 'signal'>,
): Promise<Plan> {
  const sql = sqlOf(staging.scratch)
  const [org] = await sql.run(`select count(*) as n from ${tableIn(sql.names.scratch, 'orgs')} s
    join ${tableIn(sql.names.live, 'orgs')} t on t.id = s.id and t.created_at = s.created_at and t.id = ${orgId}`)
  const tables = staging.tables.filter(isRestored)
  return { orgId, staging, manifest: staging.manifest, sql, tables, isSameOrg: Number(org?.n) === 1, isTrial, signal }
}

export function sqlOf({ bulk, names }: Scratch): BothSql {
  return { engine: bulk.engine, run: async (sql) => await bulk.rows(sql).then((rows) => [...rows]), names }
}
