import { eq, type SQLWrapper, sql, type Table } from 'drizzle-orm'
import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core'
import { drizzle, PostgresJsSession } from 'drizzle-orm/postgres-js'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import postgres from 'postgres'
import type { Database, MigrationRow, MigrationRun, OpenOptions, Queries, Tx } from './database.ts'
import { asSqlite } from './engine.ts'
import {
  assertOpen,
  assertOutside,
  MARKER,
  type Marker,
  newMarker,
  RAW,
  runFollowers,
  runMarked,
  STATEMENTS,
  watcher,
} from './transaction.ts'

const POOL_MAX = 10
const CONNECT_TIMEOUT_S = 10
const CLOSE_TIMEOUT_S = 10
const DEADLOCKS_MAX = 5
const DEADLOCK_PAUSE_MS = 20
/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const DEADLOCK_CODE = '40P01'
/** Any number will do, as long as every node takes the same. */
const MIGRATION_LOCK = 4_801_730_255

/** Opens a pool of connections that see the schema `honeyframe` only. Nothing is sent before the first query. */
export function openPostgres(options: OpenOptions): Database {
  const client = postgres(options.url, {
    max: options.poolMax ?? POOL_MAX,
    connect_timeout: CONNECT_TIMEOUT_S,
    fetch_types: false,
    onnotice: () => {},
    connection: {
      application_name: 'honeyframe',
      search_path: 'honeyframe',
      TimeZone: 'UTC',
      ...(options.isReadOnly && { default_transaction_read_only: true }),
    },
  })
  const pool = drizzle(client, { logger: watcher(assertOutside, options.onStatement) })
  keepJsonAsText(client)
  const root = asSqlite<Queries>(pool)

  async function transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    assertOutside()
    for (let times = 1; ; times++) {
      try {
        return await commit(work)
      } catch (error) {
        // Whoever is chosen to end a deadlock has done nothing wrong, and nothing of his is left.
        if (times === DEADLOCKS_MAX || !isDeadlock(error)) throw error
        options.log?.warn('a transaction that was in a deadlock is done again', { times, error })
        // Or it takes at once what the other one has been waiting for.
        await Bun.sleep(times * DEADLOCK_PAUSE_MS)
      }
    }
  }

  async function commit<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const marker = newMarker()
    const result = await client.begin(async (own) => {
      const tx = openTx(own, marker, options)
      return { value: await runMarked(marker, () => work(tx)) }
    })
    runFollowers(marker, options.log)
    return result.value
  }

  return Object.assign(root, {
    engine: 'postgres' as const,
    transaction,
    ping: async () => void (await client`select 1`),
    migration: <T>(work: (run: MigrationRun) => Promise<T>) => migration(client, work),
    inspect: runnerOf(client),
    [STATEMENTS]: { orm: root, kept: new Map<string, unknown>(), check() {} },
    [Symbol.asyncDispose]: () => client.end({ timeout: CLOSE_TIMEOUT_S }),
  })
}

/**
 * Locks one row until the end of the transaction, but not for rows that merely point at it: every audit line points at its
 * org, so a stronger lock would wait for, and deadlock with, transactions that change other rows first.
 */
export async function lockRow(tx: Tx, table: Table & { id: unknown }, id: number | string): Promise<void> {
  const column = asSqlite<SQLWrapper>(table.id)
  const query = tx.select({ found: sql`1` }).from(asSqlite<SQLiteTable>(table)).where(eq(column, id))
  await asSqlite<{ for(strength: 'no key update'): Promise<unknown> }>(query).for('no key update')
}

// Drizzle parses JSON columns itself; parsed twice, a JSON string that reads "5" would come back as a number.
function keepJsonAsText(client: postgres.Sql): void {
  const asText = (text: string) => text
  client.options.parsers[114] = asText
  client.options.parsers[3802] = asText
}

function openTx(own: postgres.TransactionSql, marker: Marker, options: OpenOptions): Tx {
  const check = () => assertOpen(marker)
  const dialect = new PgDialect()
  const logger = watcher(check, options.onStatement)
  const session = new PostgresJsSession(asSqlite<postgres.Sql>(own), dialect, undefined, { logger })
  const orm = asSqlite<Queries>(new PgDatabase(dialect, session, undefined))
  return Object.assign(orm, {
    engine: 'postgres' as const,
    [MARKER]: marker,
    [STATEMENTS]: { orm, kept: new Map<string, unknown>(), check },
    [RAW]: async (statement: string, params?: string[]) => {
      check()
      options.onStatement?.(statement)
      return await runnerOf(own)(statement, params)
    },
  })
}

function isDeadlock(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && error.code === DEADLOCK_CODE) || isDeadlock(error.cause)
}

/** One migration, in a transaction of its own; the lock ends with it, so a node that dies leaves none behind. */
async function migration<T>(client: postgres.Sql, work: (run: MigrationRun) => Promise<T>): Promise<T> {
  assertOutside()
  const result = await client.begin(async (own) => {
    await own`select pg_advisory_xact_lock(${MIGRATION_LOCK})`
    await own`create schema if not exists honeyframe`
    return { value: await work(runnerOf(own)) }
  })
  return result.value
}

function runnerOf(client: postgres.Sql | postgres.TransactionSql): MigrationRun {
  return async (statement, params = []) => [...(await client.unsafe<MigrationRow[]>(statement, params))]
}
