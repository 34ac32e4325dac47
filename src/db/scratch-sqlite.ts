import { Database as Connection, constants } from 'bun:sqlite'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { writerOn } from './bulk-sqlite.ts'
import { statementsOf } from './migrate.ts'
import type { LeftOut, Scratch, ScratchOptions } from './scratch.ts'
import { literal, quoted } from './sql-text.ts'
import { pathOf } from './sqlite.ts'

const FILE = 'scratch.db'
const BUSY_TIMEOUT_MS = 5_000
const NOT_NEEDED = `select type, name from sqlite_master
  where type = 'trigger' or (type = 'index' and sql is not null and sql not like 'CREATE UNIQUE%')`

/** A file that is never flushed: after a crash it is of no use to anybody. */
export function openScratch({ url, folder, migrations, leftOut }: ScratchOptions): Scratch {
  const path = join(folder, FILE)
  const { SQLITE_OPEN_READWRITE, SQLITE_OPEN_CREATE, SQLITE_OPEN_URI } = constants
  const connection = new Connection(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI)
  const pragmas = ['journal_mode = OFF', 'synchronous = OFF', 'foreign_keys = OFF', `busy_timeout = ${BUSY_TIMEOUT_MS}`]
  for (const pragma of pragmas) connection.run(`PRAGMA ${pragma}`)
  connection.run('BEGIN')
  for (const migration of migrations) for (const text of statementsOf(migration, 'sqlite')) connection.run(text)
  for (const { type, name } of connection.query<{ type: string; name: string }, []>(NOT_NEEDED).all()) {
    connection.run(`drop ${type} ${quoted(name)}`)
  }
  for (const column of leftOut) relax(connection, column)
  connection.run('COMMIT')
  connection.run(`ATTACH ${literal(`${pathToFileURL(pathOf(url)).href}?mode=ro`)} AS live`)
  return {
    bulk: writerOn(connection),
    names: { live: 'live', scratch: 'main' },
    transactionNames: { live: 'main', scratch: 'scratch' },
    attach: path,
    async [Symbol.asyncDispose]() {
      connection.close()
    },
  }
}

/** SQLite cannot take a rule from a column, but a column from its table. */
function relax(connection: Connection, { table, column }: LeftOut): void {
  const [info] = connection
    .query<{ type: string }, string[]>('select type from pragma_table_info(?) where name = ?')
    .all(table, column)
  const indexes = connection
    .query<{ name: string }, string[]>(
      'select l.name as name from pragma_index_list(?) l join pragma_index_info(l.name) i where i.name = ?',
    )
    .all(table, column)
  for (const { name } of indexes) connection.run(`drop index ${quoted(name)}`)
  connection.run(`alter table ${quoted(table)} drop column ${quoted(column)}`)
  connection.run(`alter table ${quoted(table)} add column ${quoted(column)} ${info?.type ?? ''}`)
}
