import { Database as Connection, constants, type SQLQueryBindings, type Statement } from 'bun:sqlite'
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { drizzle } from 'drizzle-orm/sqlite-proxy'
import { MINUTE_MS } from '#lib/clock.ts'
import type { Database, MigrationRow, OpenOptions, TransactionOptions, Tx } from './database.ts'
import { createFairLock } from './fair-lock.ts'
import { quickRead } from './quick-read.ts'
import {
  assertOpen,
  assertOutside,
  MARKER,
  type Marker,
  newMarker,
  noteFailure,
  RAW,
  runFollowers,
  runMarked,
  STATEMENTS,
  watcher,
} from './transaction.ts'

const BUSY_TIMEOUT_MS = 5_000
/** Longer than another process, such as `honeyframe restore`, writes in one transaction. */
const WRITE_WAIT_MAX_MS = 15 * MINUTE_MS
const WRITE_PAUSE_MS = 10
const WAL_ATTEMPTS_MAX = 250
const WAL_PAUSE_MS = 20
const STATEMENTS_KEPT_MAX = 500
const READS = /^\s*(select|with|values)\b/i
const WRITES = /\b(insert|update|delete|replace)\b/i

type Session = ReturnType<typeof openSession>
type Params = SQLQueryBindings[]

/**
 * Opens a SQLite file, made with mode 0600, in a folder made with mode 0700. One connection writes, behind a fair lock;
 * another reads, and sees only what was committed (WAL). A commit survives the end of the process; with
 * `synchronous=NORMAL` the last ones may be lost, never torn, when the machine loses power.
 */
export async function openSqlite(options: OpenOptions): Promise<Database> {
  const path = pathOf(options.url)
  const { writer, reader } = options.isReadOnly ? openForLooking(path) : await openForWork(path)
  const lock = createFairLock()
  const closing = new AbortController()
  const openTx = txOpener(writer, options)

  async function outside(sql: string, params: Params) {
    if (isRead(sql)) return { rows: reader.rows(sql, params) }
    return lock.hold(() => onceFree(() => ({ rows: writer.rows(sql, params) }), closing.signal))
  }

  async function transaction<T>(work: (tx: Tx) => Promise<T>, { attach }: TransactionOptions = {}): Promise<T> {
    assertOutside()
    const marker = newMarker()
    const whole = () => immediate(writer, () => runMarked(marker, () => workOf(marker, openTx, work)), closing.signal)
    const result = await lock.hold(() => (attach === undefined ? whole() : attached(writer, attach, whole)))
    runFollowers(marker, options.log)
    return result
  }

  const logger = watcher(assertOutside, options.onStatement)
  const root = drizzle(outside, { logger })
  const quicken = <Q>(query: Q) => quickRead(query, { logger, isRead, rows: reader.rows })
  return Object.assign(root, {
    engine: 'sqlite' as const,
    transaction,
    ping: async () => void reader.rows('select 1', []),
    migration: <T>(work: (run: Session['named']) => Promise<T>) => lock.hold(() => migration(writer, work)),
    inspect: reader.named,
    [STATEMENTS]: { orm: root, kept: new Map<string, unknown>(), check: noCheck, quicken },
    [Symbol.asyncDispose]: () => {
      closing.abort()
      return lock.hold(() => {
        reader.close()
        writer.close()
      })
    },
  })
}

async function openForWork(path: string): Promise<{ writer: Session; reader: Session }> {
  makePrivate(path)
  const writer = openSession(path, { readwrite: true, create: true })
  await startWal(writer)
  writer.set('synchronous = NORMAL', 'foreign_keys = ON', 'busy_timeout = 0')
  return { writer, reader: openSession(path, { readonly: true }) }
}

/**
 * Both connections refuse to write. Even a reader makes the WAL's files where they are missing; but then nobody has the
 * database open, so it can be read as if it never changed.
 */
function openForLooking(path: string): { writer: Session; reader: Session } {
  const isInUse = existsSync(`${path}-wal`)
  const open = () =>
    isInUse
      ? openSession(path, { readonly: true })
      : openSession(
          `${pathToFileURL(path).href}?immutable=1`,
          constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI,
        )
  return { writer: open(), reader: open() }
}

/** The file a `sqlite:` address names. */
export function pathOf(url: string): string {
  return url.replace(/^sqlite:(\/\/(?=\/))?/, '')
}

function noCheck() {}

// SQLite gives the WAL and its index the mode of the database file, so it must be right before the first open.
function makePrivate(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  // Closing a file that is there would let go every lock that SQLite holds on it in this process (POSIX).
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
}

// Of all statements only this one does not wait for `busy_timeout` while another process does the same to a new file.
async function startWal(writer: Session): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return writer.set('journal_mode = WAL')
    } catch (error) {
      if (!isBusy(error) || attempt === WAL_ATTEMPTS_MAX) throw error
      await Bun.sleep(WAL_PAUSE_MS)
    }
  }
}

/** By its extended codes, too: a file that is recovered after a crash is busy as well. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')
}

/** Writes once no other process does. While SQLite waits by itself, everything else in this process stands still. */
async function onceFree<T>(write: () => T, closing?: AbortSignal): Promise<T> {
  const end = performance.now() + WRITE_WAIT_MAX_MS
  for (;;) {
    try {
      return write()
    } catch (error) {
      if (!isBusy(error) || closing?.aborted || performance.now() > end) throw error
      await Bun.sleep(WRITE_PAUSE_MS)
    }
  }
}

function isRead(sql: string): boolean {
  return READS.test(sql) && (/^\s*select/i.test(sql) || !WRITES.test(sql))
}

/** A connection that keeps its compiled statements. */
function openSession(path: string, mode: { readonly: true } | { readwrite: true; create: true } | number) {
  const connection = new Connection(path, mode)
  const kept = new Map<string, Statement<unknown, Params>>()
  set(`busy_timeout = ${BUSY_TIMEOUT_MS}`)

  function set(...pragmas: string[]): void {
    for (const pragma of pragmas) connection.run(`PRAGMA ${pragma}`)
  }

  function statement(sql: string): Statement<unknown, Params> {
    const found = kept.get(sql)
    if (found) return found
    const made = connection.prepare<unknown, Params>(sql)
    kept.set(sql, made)
    if (kept.size > STATEMENTS_KEPT_MAX) forgetOldest()
    return made
  }

  function forgetOldest(): void {
    for (const [sql, oldest] of kept) {
      oldest.finalize()
      kept.delete(sql)
      return
    }
  }

  function rows(sql: string, params: Params): unknown[][] {
    return statement(sql).values(...params) ?? []
  }

  /** Uncached: a migration changes what a compiled statement stands on. */
  async function named(sql: string, params: string[] = []): Promise<MigrationRow[]> {
    const once = connection.prepare<MigrationRow, string[]>(sql)
    try {
      return once.all(...params)
    } finally {
      once.finalize()
    }
  }

  function close(): void {
    for (const each of kept.values()) each.finalize()
    kept.clear()
    connection.close()
  }

  return { set, rows, named, close, isInTransaction: () => connection.inTransaction }
}

/** `BEGIN IMMEDIATE` takes the file's write lock at once: a deferred one can find it gone at its first write, too late. */
async function immediate<T>(writer: Session, work: () => Promise<T>, closing?: AbortSignal): Promise<T> {
  await onceFree(() => writer.rows('BEGIN IMMEDIATE', []), closing)
  try {
    const result = await work()
    writer.rows('COMMIT', [])
    return result
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (writer.isInTransaction()) writer.rows('ROLLBACK', [])
    throw error
  }
}

/** A file is attached and let go outside of a transaction only. */
async function attached<T>(writer: Session, path: string, work: () => Promise<T>): Promise<T> {
  await writer.named('ATTACH ? AS scratch', [path])
  try {
    return await work()
  } finally {
    await writer.named('DETACH scratch')
  }
}

async function workOf<T>(marker: Marker, open: (marker: Marker) => Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const result = await work(open(marker))
  if (marker.failure !== undefined) throw marker.failure
  return result
}

function txOpener(writer: Session, options: OpenOptions): (marker: Marker) => Tx {
  const kept = new Map<string, unknown>()
  const shared = drizzle(within, { logger: watcher(noCheck, options.onStatement) })

  async function within(sql: string, params: Params) {
    try {
      return { rows: writer.rows(sql, params) }
    } catch (error) {
      noteFailure(error)
      throw error
    }
  }

  function noteAndThrow(error: unknown): never {
    noteFailure(error)
    throw error
  }

  return (marker) => {
    const check = () => assertOpen(marker)
    const orm = drizzle(within, { logger: watcher(check, options.onStatement) })
    return Object.assign(orm, {
      engine: 'sqlite' as const,
      [MARKER]: marker,
      [STATEMENTS]: { orm: shared, kept, check },
      [RAW]: async (sql: string, params?: string[]) => {
        check()
        options.onStatement?.(sql)
        return await writer.named(sql, params).catch(noteAndThrow)
      },
    })
  }
}

/**
 * One migration. Foreign keys are switched off before BEGIN (inside, the pragma does nothing), because a table is rebuilt
 * by dropping the old one, which would delete its children's rows; before COMMIT every reference is checked instead.
 */
async function migration<T>(writer: Session, work: (run: Session['named']) => Promise<T>): Promise<T> {
  assertOutside()
  writer.set('foreign_keys = OFF')
  try {
    return await immediate(writer, async () => {
      const result = await work(writer.named)
      const broken = await writer.named('PRAGMA foreign_key_check')
      if (broken.length > 0) throw new Error(`rows of ${String(broken[0]?.table)} would point at nothing`)
      return result
    })
  } finally {
    writer.set('foreign_keys = ON')
  }
}
