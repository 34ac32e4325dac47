import type { BuildColumns } from 'drizzle-orm'
import * as core from 'drizzle-orm/sqlite-core'
import { declareScope, type TableScope } from './table-scope.ts'

export const { index, uniqueIndex, text } = core

export function table<N extends string, C extends Record<string, core.SQLiteColumnBuilderBase>>(
  name: N,
  scope: TableScope,
  columns: C,
  extras?: (self: BuildColumns<N, C, 'sqlite'>) => core.SQLiteTableExtraConfigValue[],
) {
  const made = core.sqliteTable(name, columns, extras)
  declareScope(made, scope)
  return made
}

export function id() {
  return core.integer('id').primaryKey({ autoIncrement: true })
}

export function integer<N extends string>(name: N) {
  return core.integer(name, { mode: 'number' })
}

export function boolean<N extends string>(name: N) {
  return core.integer(name, { mode: 'boolean' })
}

/** A Date in code; milliseconds since 1970 on disk. */
export function timestamp<N extends string>(name: N) {
  return core.integer(name, { mode: 'timestamp_ms' })
}

export function json<N extends string>(name: N) {
  return core.text(name, { mode: 'json' })
}
