import { getTableName, type Table } from 'drizzle-orm'

/**
 * What a restore of an org does with its rows of a table. `replace`: deletes them and puts those of the backup in their
 * place. `merge`: finds each again by what people know it by, and deletes none. `keep`: leaves them; the backup has them
 * for the record. `never`: they are no part of a backup, and a restore leaves them.
 */
export type BackupPolicy = 'replace' | 'merge' | 'keep' | 'never'

/**
 * What a backup of an org has of a row: every column, all `without` some, or `only` some (the names of the database). A row
 * that is restored keeps what it has now in the others.
 */
type Backed = Readonly<
  { backup: BackupPolicy } & (
    | { without?: readonly string[]; only?: undefined }
    | { only: readonly string[]; without?: undefined }
  )
>

/**
 * Whom the rows of a table belong to. `org` and `user` name the column that holds the owner's id; a null there means the
 * whole install. `derived` rows can be made again from others and are neither backed up nor restored.
 */
export type TableScope =
  | (Backed & Readonly<{ scope: 'org'; column: string }>)
  | (Backed & Readonly<{ scope: 'user'; column: string }>)
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
