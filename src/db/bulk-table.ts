import { type Column, getTableColumns, type Table } from 'drizzle-orm'

const KINDS = { number: 'integer', string: 'text', boolean: 'boolean', date: 'timestamp', json: 'json' } as const

type Kind = (typeof KINDS)[keyof typeof KINDS]

export type BulkColumn = Readonly<{ name: string; kind: Kind; isNullable: boolean }>

/** A table by the names that the database knows, whichever engine that is. `key` is its primary key. */
export type BulkTable = Readonly<{ name: string; key: string; columns: readonly BulkColumn[] }>

/** A declared table, with those of its columns that are picked by name, in the order of declaration. */
export function bulkTable(name: string, table: Table, isPicked: (column: string) => boolean = () => true): BulkTable {
  const columns = Object.values(getTableColumns(table))
  const keys = columns.filter(({ primary }) => primary)
  const [key] = keys
  if (!key || keys.length > 1) throw new Error(`${name} needs a primary key of one column to be exported`)
  return { name, key: key.name, columns: columns.filter((column) => isPicked(column.name)).map(bulkColumn) }
}

function bulkColumn({ name, dataType, notNull }: Column): BulkColumn {
  if (!isKnown(dataType)) throw new Error(`${name} is of a type that cannot be exported`)
  return { name, kind: KINDS[dataType], isNullable: !notNull }
}

function isKnown(type: string): type is keyof typeof KINDS {
  return Object.hasOwn(KINDS, type)
}
