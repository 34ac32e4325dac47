import type { BuildExtraConfigColumns } from 'drizzle-orm'
import * as core from 'drizzle-orm/pg-core'
import { declareScope, type TableScope } from './table-scope.ts'

export const { index, uniqueIndex, text } = core

export const schema = core.pgSchema('honeyframe')

export function table<N extends string, C extends Record<string, core.PgColumnBuilderBase>>(
  name: N,
  scope: TableScope,
  columns: C,
  extras?: (self: BuildExtraConfigColumns<N, C, 'pg'>) => core.PgTableExtraConfigValue[],
) {
  const made = schema.table(name, columns, extras)
  declareScope(made, scope)
  return made
}

export function id() {
  return core.bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity()
}

export function integer<N extends string>(name: N) {
  return core.bigint(name, { mode: 'number' })
}

export function boolean<N extends string>(name: N) {
  return core.boolean(name)
}

/** A Date in code; `timestamptz(3)` on disk, which keeps the milliseconds SQLite keeps. */
export function timestamp<N extends string>(name: N) {
  return core.timestamp(name, { mode: 'date', withTimezone: true, precision: 3 })
}

export function json<N extends string>(name: N) {
  return core.jsonb(name)
}
