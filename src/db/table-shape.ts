import { getTableName, type Table } from 'drizzle-orm'
import { getTableConfig as postgresConfig } from 'drizzle-orm/pg-core'
import { type SQLiteTable, getTableConfig as sqliteConfig } from 'drizzle-orm/sqlite-core'
import { engine } from './columns.ts'
import { asSqlite } from './engine.ts'

export type ColumnKind = 'text' | 'integer' | 'boolean' | 'timestamp' | 'json'

export type ColumnShape = Readonly<{
  name: string
  kind: ColumnKind
  isRequired: boolean
  isPrimary: boolean
  /** No other row of the table has the same value. */
  isUnique: boolean
  hasDefault: boolean
  /** What it may hold; undefined for anything of its kind. */
  values: readonly string[] | undefined
  /** The table whose row it names. */
  target: Readonly<{ table: string; column: string }> | undefined
}>

export type TableShape = Readonly<{ name: string; columns: readonly ColumnShape[] }>

const KINDS: Readonly<Record<string, ColumnKind>> = {
  string: 'text',
  number: 'integer',
  boolean: 'boolean',
  date: 'timestamp',
}

/** What the code declares of a table, in the words of the database and the same for both engines. */
export function shapeOf(declared: Table): TableShape {
  const configOf = engine === 'postgres' ? asSqlite<typeof sqliteConfig>(postgresConfig) : sqliteConfig
  const { name, columns, foreignKeys } = configOf(asSqlite<SQLiteTable>(declared))
  const targets = new Map(
    foreignKeys.map((key) => {
      const { columns: own, foreignColumns, foreignTable } = key.reference()
      return [own[0]?.name, { table: getTableName(foreignTable), column: foreignColumns[0]?.name ?? '' }]
    }),
  )
  return {
    name,
    columns: columns.map((column) => ({
      name: column.name,
      kind: KINDS[column.dataType] ?? 'json',
      isRequired: column.notNull,
      isPrimary: column.primary,
      isUnique: column.isUnique || column.primary,
      hasDefault: column.hasDefault && !column.primary,
      values: column.enumValues?.length ? column.enumValues : undefined,
      target: targets.get(column.name),
    })),
  }
}
