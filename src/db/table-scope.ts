import { getTableName, type Table } from 'drizzle-orm'

/**
 * Whom the rows of a table belong to. `org` and `user` name the column that holds the owner's id; a null there means the
 * whole install. `derived` rows can be made again from others and are neither backed up nor restored.
 */
export type TableScope =
  | Readonly<{ scope: 'org'; column: string }>
  | Readonly<{ scope: 'user'; column: string }>
  | Readonly<{ scope: 'instance' }>
  | Readonly<{ scope: 'derived'; from: string }>

export type ScopedTable = Readonly<{ table: Table; name: string; decl: TableScope }>

const declared = new Map<string, ScopedTable>()

/** Remembers the scope of a table beside its columns. A second table of the same name is refused. */
export function declareScope(table: Table, decl: TableScope): void {
  const name = getTableName(table)
  if (declared.has(name)) throw new Error(`two tables are named ${name}`)
  declared.set(name, { table, name, decl })
}

/** Every table declared by the modules loaded so far, in the order of declaration (a parent before its children). */
export function scopes(): readonly ScopedTable[] {
  return [...declared.values()]
}
