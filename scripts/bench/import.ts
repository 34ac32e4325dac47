import { join } from 'node:path'
import { runToEnd } from './child.ts'
import type { Install } from './install.ts'

/** An empty table like that of the usage events, with its indexes and references, and its rows as CSV. */
export type BareImport = Readonly<{
  /** Fills the table from the CSV by the database's own tool, and answers the milliseconds. The table is made anew each time. */
  run(): Promise<number>
}>

const SHELL = ['bash', '-c']
/** As the live table is: PostgreSQL looks up the org of each row that comes. */
const BARE_TABLE = `drop table if exists bare; create table bare (like honeyframe.usage_events including all);
  alter table bare add foreign key (org_id) references honeyframe.orgs (id) on delete cascade`

/** Writes the CSV: what there is now is what is loaded each time. */
export async function prepareImport({ engine, databaseUrl }: Install, folder: string): Promise<BareImport> {
  const csv = join(folder, `usage-${engine}.csv`)
  const source = databaseUrl.replace(/^sqlite:/, '')
  return engine === 'sqlite' ? await onSqlite(source, csv, folder) : await onPostgres(source, csv)
}

async function onSqlite(source: string, csv: string, folder: string): Promise<BareImport> {
  await runToEnd([...SHELL, 'sqlite3 -csv "$1" "select * from usage_events" > "$2"', 'csv', source, csv])
  const target = join(folder, 'import.db')
  const empty = 'rm -f "$2"; sqlite3 "$1" ".schema usage_events" | grep -v sqlite_sequence | sqlite3 "$2"'
  return {
    async run() {
      await runToEnd([...SHELL, empty, 'empty', source, target])
      return await timed(['sqlite3', target, `.import --csv ${csv} usage_events`])
    },
  }
}

async function onPostgres(source: string, csv: string): Promise<BareImport> {
  const psql = ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', source, '-c']
  await runToEnd([...psql, `\\copy honeyframe.usage_events to '${csv}' (format csv)`])
  return {
    async run() {
      await runToEnd([...psql, BARE_TABLE])
      return await timed([...psql, `\\copy bare from '${csv}' (format csv)`])
    },
  }
}

async function timed(argv: string[]): Promise<number> {
  const started = performance.now()
  await runToEnd(argv)
  return performance.now() - started
}
