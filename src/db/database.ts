import type { Table } from 'drizzle-orm'
import type { SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'
import { AppError } from '#core/errors.ts'
import type { Log } from '#lib/log.ts'
import { engine } from './columns.ts'
import { asSqlite, type Engine, engineOf } from './engine.ts'
import { openSqlite } from './sqlite.ts'
import { MARKER, type Marker, RAW, STATEMENTS } from './transaction.ts'

export { isUniqueViolation } from './unique-violation.ts'

export type OpenOptions = Readonly<{
  /** `sqlite:/absolute/file` or `postgres://…`. */
  url: string
  log?: Log
  /** Told the text of every statement of a query, just before it is sent (not `BEGIN` and `COMMIT`). */
  onStatement?: (sql: string) => void
  /** Connections on PostgreSQL; SQLite has one that writes and one that reads. */
  poolMax?: number
  /** For looking only: the engine itself refuses to write, and nothing is made that is not there. */
  isReadOnly?: boolean
}>

export type TransactionOptions = Readonly<{
  /** On SQLite, a second file whose tables statements of this transaction may name, as `scratch`. */
  attach?: string | undefined
}>

/** What may be asked of a database and of a transaction alike. */
export type Queries = Pick<
  SqliteRemoteDatabase,
  'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | '$count' | 'with' | '$with'
>

type Statements = Readonly<{
  orm: Queries
  kept: Map<string, unknown>
  check: () => void
  /** A faster way to execute a query, once it is built. */
  quicken?: <Q>(query: Q) => Q
}>

export type MigrationRow = Readonly<Record<string, unknown>>
/** Sends one statement of a migration; answers its rows by column name. */
export type MigrationRun = (sql: string, params?: string[]) => Promise<MigrationRow[]>

/**
 * The queries of one open transaction. It throws once that has ended. A statement that fails ends the transaction on both
 * engines: even when the error is caught nothing is committed, so prefer `.onConflictDoNothing().returning()`.
 */
export type Tx = Queries & Readonly<{ engine: Engine; [MARKER]: Marker; [STATEMENTS]: Statements; [RAW]: MigrationRun }>

/** The root database. Inside a transaction it throws: there only `tx` may be used. */
export type Database = Queries &
  Readonly<{
    engine: Engine
    /**
     * Commits when `work` resolves and rolls back when it rejects. One at a time on SQLite, in order of arrival. PostgreSQL calls
     * `work` again when it chose it to end a deadlock, so outside of `tx` it changes nothing that counts.
     */
    transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>
    /** Rejects when the database does not answer. */
    ping(): Promise<void>
    /** For `db/migrate.ts`: one atomic step that no other process of this database takes at the same time. */
    migration<T>(work: (run: MigrationRun) => Promise<T>): Promise<T>
    /** For `db/migrate.ts`: reads without a lock. */
    inspect: MigrationRun
    [STATEMENTS]: Statements
  }> &
  AsyncDisposable

/**
 * Opens the database an address names; disposing it waits for the running transaction. Throws
 * `AppError('upstream', 'database_unreachable')` when it does not answer.
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  if (engineOf(options.url) !== engine) {
    throw new Error(`the tables of this process are declared for ${engine}: DATABASE_URL chooses the engine`)
  }
  let db: Database | undefined
  try {
    db = await (engine === 'postgres' ? openPostgresLazily(options) : openSqlite(options))
    await db.ping()
    return db
  } catch (error) {
    await db?.[Symbol.asyncDispose]()
    throw unreachable(error)
  }
}

/** `follow` runs right after the commit and never after a rollback. For nudges in memory only: what it throws is logged. */
export function afterCommit(tx: Tx, follow: () => void): void {
  tx[MARKER].afterCommit.push(follow)
}

/** For statements over tables that are only known by name. One that fails ends the transaction, too. */
export function rawOf(tx: Tx): MigrationRun {
  return tx[RAW]
}

type Preparable<R> = { prepare(name?: string): { execute(values?: Record<string, unknown>): R } }

/**
 * A query built once for each database and executed with the values of its placeholders. `name` is unique in the program.
 * On SQLite the transactions share one, too; on PostgreSQL each builds its own, for its connection.
 */
export function prepared<R>(
  target: Database | Tx,
  name: string,
  build: (orm: Queries) => Preparable<R>,
): { execute(values?: Record<string, unknown>): R } {
  const { orm, kept, check, quicken } = target[STATEMENTS]
  let query = asSqlite<ReturnType<Preparable<R>['prepare']> | undefined>(kept.get(name))
  if (!query) {
    const built = build(orm).prepare(name)
    query = quicken ? quicken(built) : built
    kept.set(name, query)
  }
  const made = query
  return {
    execute(values) {
      check()
      return made.execute(values)
    },
  }
}

/**
 * Makes every other transaction that locks the same row wait for the end of this one. Call it first where a rule spans
 * several rows (the last admin of an org). SQLite lets one transaction write at a time, so there it does nothing.
 */
export async function lockRow(tx: Tx, table: Table & { id: unknown }, id: number | string): Promise<void> {
  if (tx.engine === 'postgres') await (await import('./postgres.ts')).lockRow(tx, table, id)
}

/**
 * Locks the rows a sub-query picks and leaves out those that are locked already, so that several workers can claim from
 * one table: `update(jobs).set(…).where(inArray(jobs.id, skipLocked(tx, tx.select({ id: jobs.id })…)))`.
 */
export function skipLocked<Q>(target: Database | Tx, query: Q): Q {
  if (target.engine === 'sqlite') return query
  return asSqlite<{ for(strength: 'update', config: { skipLocked: true }): Q }>(query).for('update', {
    skipLocked: true,
  })
}

async function openPostgresLazily(options: OpenOptions): Promise<Database> {
  const { openPostgres } = await import('./postgres.ts')
  return openPostgres(options)
}

function unreachable(error: unknown): AppError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  return new AppError('upstream', 'database_unreachable', `The database does not answer${code}: check DATABASE_URL.`)
}
