import '#platform/tables.ts'
import { type BulkTable, bulkTable } from '#db/bulk.ts'
import { type ScopedTable, scopes } from '#db/columns.ts'
import type { BackupPolicy } from '#db/table-scope.ts'

/** A table in the backup of an org. `filter` is the SQL, on both engines, of the condition that picks the org's rows. */
export type CoveredTable = BulkTable & Readonly<{ backup: Exclude<BackupPolicy, 'never'>; filter: string }>

/**
 * What a backup of an org holds, a parent before its children, from what each table declares. Of people it is the members:
 * their id, e-mail and name.
 */
export function coverageOf(orgId: number): CoveredTable[] {
  if (!Number.isSafeInteger(orgId)) throw new Error('an org is named by its id')
  return scopes().flatMap(({ name, table, decl }) => {
    if (decl.scope === 'instance' || decl.scope === 'derived' || decl.backup === 'never') return []
    const isPicked = (column: string) =>
      decl.only ? decl.only.includes(column) : !(decl.without?.includes(column) ?? false)
    const members = `select user_id from user_orgs where org_id = ${orgId}`
    const filter = decl.scope === 'org' ? `${decl.column} = ${orgId}` : `${decl.column} in (${members})`
    return [{ ...bulkTable(name, table, isPicked), backup: decl.backup, filter }]
  })
}

/** Every table with every column, as the operator's backup of a whole install holds them, a parent before its children. */
export function instanceTables(): BulkTable[] {
  return scopes()
    .filter(isKept)
    .map(({ name, table }) => bulkTable(name, table))
}

function isKept({ decl }: ScopedTable): boolean {
  return decl.scope !== 'derived'
}
