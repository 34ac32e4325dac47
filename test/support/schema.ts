import type { Table } from 'drizzle-orm'
import { getTableConfig as postgresConfig } from 'drizzle-orm/pg-core'
import { type SQLiteTable, getTableConfig as sqliteConfig } from 'drizzle-orm/sqlite-core'
import type { Database, MigrationRow } from '#db/database.ts'
import { asSqlite } from '#db/engine.ts'

/** Every fact about every table, a sentence each: what the code declares and what a database has must be the same set. */
export type Facts = ReadonlySet<string>

/** What the code declares. */
export function declaredFacts(tables: readonly Table[], engine: Database['engine']): Facts {
  return new Set(tables.flatMap((table) => factsOf(asSqlite<SQLiteTable>(table), engine)))
}

function factsOf(declared: SQLiteTable, engine: Database['engine']): string[] {
  const configOf = engine === 'postgres' ? asSqlite<typeof sqliteConfig>(postgresConfig) : sqliteConfig
  const { name: table, columns, indexes, foreignKeys } = configOf(declared)
  return [
    ...columns.map((each) => columnFact(table, each.name, each.getSQLType(), each.notNull, each.primary)),
    ...columns.flatMap((each) => (each.isUnique ? [indexFact(table, each.uniqueName, true, [each.name])] : [])),
    ...indexes.map(({ config }) => {
      const names = config.columns.map((column) => ('name' in column ? String(column.name) : '?'))
      return indexFact(table, config.name, config.unique, names)
    }),
    ...foreignKeys.map((key) => {
      const { columns: own, foreignColumns: other, foreignTable } = key.reference()
      const to = configOf(foreignTable).name
      return `${table}.${own[0]?.name} points at ${to}.${other[0]?.name}, on delete ${key.onDelete ?? 'no action'}`
    }),
  ]
}

/** What a database has, but for the list of applied migrations. */
export async function liveFacts(db: Database): Promise<Facts> {
  const rows = db.engine === 'postgres' ? await readPostgres(db) : await readSqlite(db)
  return new Set(rows)
}

/** The tables a database has and the columns of each, but for the list of applied migrations. */
export async function liveColumns(db: Database): Promise<ReadonlyMap<string, readonly string[]>> {
  const columns = new Map<string, string[]>()
  for (const row of await db.inspect(db.engine === 'postgres' ? POSTGRES_COLUMNS : SQLITE_COLUMNS)) {
    const table = String(row.table)
    columns.set(table, [...(columns.get(table) ?? []), String(row.column)])
  }
  return columns
}

/** What the index of words in the audit log is made of. It stands in migration 0003 alone: no kit of columns has words for it. */
const WORD_TABLES = `('audit_vocabulary', 'audit_words', 'audit_words_data', 'audit_words_idx', 'audit_words_config', 'audit_words_docsize')`
const WORD_INDEX = 'audit_log_words'

const SQLITE_COLUMNS = `
  select m.name as "table", c.name as "column", c.type as type, c."notnull" as required, c.pk as is_primary
  from sqlite_master m join pragma_table_info(m.name) c
  where m.type = 'table' and m.name not like 'sqlite_%' and m.name <> 'applied_migrations'
    and m.name not in ${WORD_TABLES}`

const POSTGRES_COLUMNS = `
  select t.relname as "table", a.attname as "column", format_type(a.atttypid, a.atttypmod) as type,
    a.attnotnull as required, exists (select 1 from pg_index i
      where i.indrelid = t.oid and i.indisprimary and a.attnum = any (i.indkey)) as is_primary
  from pg_attribute a join pg_class t on t.oid = a.attrelid
  where t.relnamespace = (select oid from pg_namespace where nspname = 'honeyframe') and t.relkind = 'r' and t.relname <> 'applied_migrations'
    and a.attnum > 0 and not a.attisdropped`

async function readSqlite(db: Database): Promise<string[]> {
  const tables = `(select name from sqlite_master where type = 'table' and name <> 'applied_migrations'
    and name not in ${WORD_TABLES}) m`
  const indexes = await db.inspect(`
    select m.name as "table", i.name as name, i."unique" as is_unique,
      (select group_concat(c.name) from pragma_index_info(i.name) c) as columns
    from ${tables} join pragma_index_list(m.name) i where i.origin = 'c'`)
  const keys = await db.inspect(`
    select m.name as "table", k."from" as "column", k."table" as to_table, k."to" as to_column, k.on_delete as action
    from ${tables} join pragma_foreign_key_list(m.name) k`)
  return [...(await db.inspect(SQLITE_COLUMNS)).map(columnRow), ...indexes.map(indexRow), ...keys.map(keyRow)]
}

async function readPostgres(db: Database): Promise<string[]> {
  const indexes = await db.inspect(`
    select t.relname as "table", x.relname as name, i.indisunique as is_unique,
      (select string_agg(pg_get_indexdef(i.indexrelid, place, true), ',' order by place)
        from generate_series(1, i.indnkeyatts) place) as columns
    from pg_index i join pg_class t on t.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
    where t.relnamespace = (select oid from pg_namespace where nspname = 'honeyframe') and t.relname <> 'applied_migrations' and not i.indisprimary
      and x.relname <> '${WORD_INDEX}'`)
  const keys = await db.inspect(`
    select t.relname as "table", a.attname as "column", o.relname as to_table, oa.attname as to_column,
      case k.confdeltype when 'a' then 'no action' when 'c' then 'cascade' when 'n' then 'set null' else '?' end as action
    from pg_constraint k join pg_class t on t.oid = k.conrelid join pg_class o on o.oid = k.confrelid
      join pg_attribute a on a.attrelid = t.oid and a.attnum = k.conkey[1]
      join pg_attribute oa on oa.attrelid = o.oid and oa.attnum = k.confkey[1]
    where k.contype = 'f' and t.relnamespace = (select oid from pg_namespace where nspname = 'honeyframe')`)
  return [...(await db.inspect(POSTGRES_COLUMNS)).map(columnRow), ...indexes.map(indexRow), ...keys.map(keyRow)]
}

function columnRow(row: MigrationRow): string {
  const { table, column, type, required, is_primary: isPrimary } = row
  return columnFact(String(table), String(column), String(type), Boolean(required), Boolean(isPrimary))
}

function indexRow(row: MigrationRow): string {
  return indexFact(String(row.table), String(row.name), Boolean(row.is_unique), String(row.columns).split(','))
}

function keyRow(row: MigrationRow): string {
  const { table, column, to_table: toTable, to_column: toColumn, action } = row
  return `${table}.${column} points at ${toTable}.${toColumn}, on delete ${String(action).toLowerCase()}`
}

function columnFact(table: string, column: string, type: string, isRequired: boolean, isPrimary: boolean): string {
  const words = [
    type.toLowerCase().replaceAll(' ', ''),
    ...(isRequired ? ['not null'] : []),
    ...(isPrimary ? ['key'] : []),
  ]
  return `${table}.${column} is ${words.join(' ')}`
}

function indexFact(table: string, name: string | undefined, isUnique: boolean, columns: string[]): string {
  return `${table} has the ${isUnique ? 'unique index' : 'index'} ${name} on ${columns.join(', ')}`
}
