import { getTableConfig as postgresConfig } from 'drizzle-orm/pg-core'
import { type SQLiteTable, getTableConfig as sqliteConfig } from 'drizzle-orm/sqlite-core'
import { engine, scopes } from './columns.ts'
import { asSqlite } from './engine.ts'

type Rule = Readonly<{ table: string; names: readonly string[]; columns: readonly string[] }>

const SQLITE_CODES = ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']
const POSTGRES_CODE = '23505'
const SQLITE_WORDS = 'UNIQUE constraint failed: '

/**
 * Whether a query failed because a row with the same key is there already. `rule` narrows it to one rule, by the name of
 * its index (`invites_open`, `users_email_unique`) or by one of its columns (`email`, `users.email`).
 */
export function isUniqueViolation(error: unknown, rule?: string): boolean {
  const broken = brokenRule(error)
  if (!broken) return false
  if (rule === undefined) return true
  const { table, names, columns } = broken
  return names.includes(rule) || columns.some((column) => rule === column || rule === `${table}.${column}`)
}

function brokenRule(error: unknown): Rule | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && SQLITE_CODES.includes(String(error.code))) return sqliteRule(error.message)
  if ('code' in error && error.code === POSTGRES_CODE) return postgresRule(error)
  return brokenRule(error.cause)
}

// SQLite tells the columns (`users.org_id, users.email`), and the index only when it stands on an expression.
function sqliteRule(message: string): Rule {
  const words = message.slice(message.indexOf(SQLITE_WORDS) + SQLITE_WORDS.length)
  const [, index] = /^index '(.+)'$/.exec(words) ?? []
  if (index !== undefined) return { table: '', names: [index], columns: [] }
  const table = words.split('.', 1)[0] ?? ''
  const columns = words.split(', ').map((word) => word.slice(table.length + 1))
  const twins = rulesOf(table).filter((rule) => rule.columns.join() === columns.join())
  return { table, names: twins.flatMap((rule) => rule.names), columns }
}

// PostgreSQL tells the table and the rule; the columns stand only in a sentence that is translated.
function postgresRule(error: Error): Rule {
  const table = 'table_name' in error ? String(error.table_name) : ''
  const name = 'constraint_name' in error ? String(error.constraint_name) : ''
  const known = rulesOf(table).find((rule) => rule.names.includes(name))
  return known ?? { table, names: [name], columns: [] }
}

function rulesOf(table: string): Rule[] {
  const scoped = scopes().find(({ name }) => name === table)
  if (!scoped) return []
  const configOf = engine === 'postgres' ? asSqlite<typeof sqliteConfig>(postgresConfig) : sqliteConfig
  const { columns, indexes } = configOf(asSqlite<SQLiteTable>(scoped.table))
  const ofColumns = columns.flatMap((column) => {
    const names = [column.isUnique ? column.uniqueName : undefined, column.primary ? `${table}_pkey` : undefined]
    return names.flatMap((name) => (name ? [{ table, names: [name], columns: [column.name] }] : []))
  })
  const ofIndexes = indexes.flatMap(({ config }) => {
    const named = config.columns.flatMap((column) => ('name' in column ? [String(column.name)] : []))
    return config.unique ? [{ table, names: [config.name], columns: named }] : []
  })
  return [...ofColumns, ...ofIndexes]
}
