import type { Database } from './database.ts'

/** What differs between the engines when one asks how a database is. */
const WORDS = {
  sqlite: {
    size: 'select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()',
    version: 'select sqlite_version() as version',
    clock: `select (julianday('now') - 2440587.5) * 86400000 as ms`,
  },
  postgres: {
    size: 'select pg_database_size(current_database()) as bytes',
    version: `select current_setting('server_version') as version`,
    clock: 'select extract(epoch from clock_timestamp()) * 1000 as ms',
  },
} as const

/** What the database takes on disk, in bytes; of SQLite without its write-ahead log. */
export async function databaseBytes(db: Database): Promise<number> {
  const [row] = await db.inspect(WORDS[db.engine].size)
  return Number(row?.bytes)
}

/** The engine's own version, such as `15.4`. */
export async function engineVersion(db: Database): Promise<string> {
  const [row] = await db.inspect(WORDS[db.engine].version)
  return String(row?.version)
}

/** What the database's clock says, in milliseconds since the Unix epoch; that of SQLite is this machine's. */
export async function databaseClockMs(db: Database): Promise<number> {
  const [row] = await db.inspect(WORDS[db.engine].clock)
  return Number(row?.ms)
}

/** Connections to a PostgreSQL database from anywhere, and how many of them wait for a lock; undefined on SQLite. */
export async function connectionCounts(db: Database): Promise<{ open: number; waiting: number } | undefined> {
  if (db.engine === 'sqlite') return undefined
  const [row] = await db.inspect(
    `select count(*) as open, count(*) filter (where wait_event_type = 'Lock') as waiting
      from pg_stat_activity where datname = current_database()`,
  )
  return { open: Number(row?.open), waiting: Number(row?.waiting) }
}

/**
 * When the oldest transaction that has written and is still open began, in milliseconds since the Unix epoch; undefined when
 * there is none, and on SQLite, where one writes at a time.
 */
export async function oldestWriteMs(db: Database): Promise<number | undefined> {
  if (db.engine === 'sqlite') return undefined
  const [row] = await db.inspect(
    `select extract(epoch from min(xact_start)) * 1000 as ms
      from pg_stat_activity where datname = current_database() and backend_xid is not null`,
  )
  return row?.ms === null || row?.ms === undefined ? undefined : Number(row.ms)
}
