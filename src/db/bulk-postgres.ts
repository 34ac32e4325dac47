import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import postgres from 'postgres'
import { AppError } from '#core/errors.ts'
import { copyLine, readCopyRows } from '#lib/copy-csv.ts'
import { endOfTurn } from '#lib/turn.ts'
import type { BulkReader, BulkWriter } from './bulk.ts'
import type { BulkColumn, BulkTable } from './bulk-table.ts'
import { canonicalJson } from './canonical-json.ts'

const CONNECT_TIMEOUT_S = 10
const LOOKS_MAX = 10
const LOOK_PAUSE_S = 0.1
const PIECE_BYTES = 64 * 1024
const PIECES_WAITING_MAX = 16
/** SQLSTATE of class 22: a value is not of its column's type; 23: a rule of the table is broken. */
const REFUSED = 'A table in the backup cannot be read: its rows are not what the table holds.'
const DATA_FAULT = /^2[23]/

const OTHERS = `select 1 from pg_stat_activity
  where datname = current_database() and application_name = 'honeyframe' and pid <> pg_backend_pid()`

type Sql = Pick<postgres.Sql, 'unsafe'>

export async function readSnapshot<T>(
  url: string,
  work: (reader: BulkReader) => Promise<T>,
  { isAlone = false }: { isAlone?: boolean },
): Promise<T> {
  return await onOwnConnection(url, 'isolation level repeatable read read only', async (own) => {
    if (isAlone) await assertAlone(own)
    return await work(readerOn(own))
  })
}

export async function loadInto<T>(url: string, work: (writer: BulkWriter) => Promise<T>): Promise<T> {
  return await onOwnConnection(url, '', (own) => work(writerOn(own)))
}

/** On a connection that its caller opened, and ends. */
export function writerOn(own: Sql): BulkWriter {
  return {
    ...readerOn(own),
    importRows: (table, source, into) => importRows(own, table, source, into ?? quoted(table.name)),
    run: async (sql) => void (await own.unsafe(sql)),
  }
}

/** A stream that is left in the middle cannot be ended by any word, so that a failure ends the connection. */
async function onOwnConnection<T>(url: string, mode: string, work: (own: Sql) => Promise<T>): Promise<T> {
  const client = postgres(url, {
    ...{ max: 1, connect_timeout: CONNECT_TIMEOUT_S, fetch_types: false, max_lifetime: null, onnotice: () => {} },
    connection: { application_name: 'honeyframe', search_path: 'honeyframe', TimeZone: 'UTC' },
  })
  let failure: { error: unknown } | undefined
  try {
    const result = await client.begin(mode, async (own) => {
      try {
        return { value: await work(own) }
      } catch (error) {
        failure = { error }
        void client.end({ timeout: 0 })
        throw error
      }
    })
    return result.value
  } catch (error) {
    throw failure ? failure.error : error
  } finally {
    await client.end({ timeout: 0 })
  }
}

/** A connection that has just been closed is still listed for a moment. */
async function assertAlone(own: Sql): Promise<void> {
  for (let look = 1; look <= LOOKS_MAX; look++) {
    const others = await own.unsafe(OTHERS)
    if (others.length === 0) return
    await own.unsafe(`select pg_stat_clear_snapshot(), pg_sleep(${LOOK_PAUSE_S})`)
  }
  const message = 'Another process has the database open: stop every node first, and see that none starts meanwhile.'
  throw new AppError('conflict', 'database_in_use', message)
}

function readerOn(own: Sql): BulkReader {
  return {
    engine: 'postgres',
    exportRows: (table, filter, onRows) => exportRows(own, table, filter, onRows),
    countRows: (table, filter) => countRows(own, table, filter),
    rows: async (sql) => [...(await own.unsafe<Record<string, unknown>[]>(sql))],
  }
}

async function* exportRows(
  own: Sql,
  table: BulkTable,
  filter = 'true',
  onRows: (rows: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const fields = table.columns.map(fieldOf).join(', ')
  const isText = table.columns.find(({ name }) => name === table.key)?.kind === 'text'
  const order = `order by ${quoted(table.key)}${isText ? ' collate "C"' : ''}`
  const query = `copy (select ${fields} from ${quoted(table.name)} where ${filter} ${order}) to stdout (format csv)`
  const pieces = piecesOf(await own.unsafe(query).readable(), onRows)
  yield* table.columns.some(({ kind }) => kind === 'json') ? withCanonicalJson(pieces, table.columns) : pieces
}

async function countRows(own: Sql, { name }: BulkTable, filter = 'true'): Promise<number> {
  const [row] = await own.unsafe<{ rows: string }[]>(`select count(*) as rows from ${quoted(name)} where ${filter}`)
  return Number(row?.rows)
}

function fieldOf({ name, kind }: BulkColumn): string {
  const column = quoted(name)
  // The zone of the session is UTC.
  if (kind === 'timestamp') return `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  return kind === 'boolean' || kind === 'json' ? `${column}::text` : column
}

/** The driver hands out every row by itself, which is too little for one step of whoever reads them. */
async function* piecesOf(stream: Readable, onRows: (rows: number) => void): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[][] = []
  let rows: Uint8Array[] = []
  let bytes = 0
  let wake = () => {}
  let end: { error?: Error } | undefined

  function handOver(): void {
    if (rows.length > 0) pieces.push(rows)
    rows = []
    bytes = 0
    wake()
  }

  function finish(how: { error?: Error }): void {
    end ??= how
    // The driver stops the connection when the stream is full, and starts it when more is asked for: after the end, by nobody.
    stream._read(0)
    handOver()
  }

  stream.on('data', (row: Uint8Array) => {
    rows.push(row)
    bytes += row.length
    if (bytes < PIECE_BYTES) return
    handOver()
    if (pieces.length >= PIECES_WAITING_MAX) stream.pause()
  })
  stream.on('end', () => finish({}))
  stream.on('error', (error) => finish({ error }))

  for (;;) {
    const piece = pieces.shift()
    if (piece) {
      onRows(piece.length)
      yield Buffer.concat(piece)
      await endOfTurn()
      if (pieces.length === 0) stream.resume()
    } else if (end) {
      if (end.error) throw end.error
      return
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
}

/** `jsonb` has an order and a spelling of its own. */
async function* withCanonicalJson(
  source: AsyncIterable<Uint8Array>,
  columns: readonly BulkColumn[],
): AsyncGenerator<Uint8Array> {
  const isJson = columns.map(({ kind }) => kind === 'json')
  for await (const rows of readCopyRows(source, columns.length)) {
    const lines = rows.map((row) =>
      copyLine(row.map((field, place) => (field !== null && isJson[place] ? canonicalJson(field) : field))),
    )
    yield Buffer.from(lines.join(''))
  }
}

async function importRows(
  own: Sql,
  { columns }: BulkTable,
  source: AsyncIterable<Uint8Array>,
  into: string,
): Promise<number> {
  const names = columns.map(({ name }) => quoted(name)).join(', ')
  let count = 0

  async function* lines() {
    for await (const rows of readCopyRows(source, columns.length)) {
      count += rows.length
      yield Buffer.from(rows.map(copyLine).join(''))
      await endOfTurn()
    }
  }

  try {
    await copyIn(own, await own.unsafe(`copy ${into} (${names}) from stdin (format csv)`).writable(), lines())
  } catch (error) {
    throw isDataFault(error) ? new AppError('invalid', 'archive_invalid', sentenceOf(error)) : error
  }
  return count
}

/**
 * What the server refuses behind the last row the driver tells nobody. But statements are answered in their order: once it has
 * answered the next one, a stream that has not come to its end was refused.
 */
async function copyIn(own: Sql, sink: Writable, lines: AsyncIterable<Uint8Array>): Promise<void> {
  let isDone = false
  let fault: unknown
  sink.on('finish', () => {
    isDone = true
  })
  sink.on('error', (error) => {
    fault = error
  })
  await pipeline(lines, sink, { end: false })
  sink.end()
  // An empty one: the end of any other is taken for the stream's.
  await own.unsafe('')
  await endOfTurn()
  if (!isDone) throw fault ?? new AppError('invalid', 'archive_invalid', REFUSED)
  // Its last word to the server belongs before the next statement.
  if (!sink.closed) await once(sink, 'close')
}

function isDataFault(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && DATA_FAULT.test(String(error.code))
}

function sentenceOf(error: Error): string {
  const column = 'column_name' in error && error.column_name ? ` of ${String(error.column_name)}` : ''
  return `A table in the backup cannot be read: a value${column} is not what its column holds.`
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
