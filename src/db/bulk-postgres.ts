import { assertAlone, assertNobodyLoads } from './alone.ts'
import type { BulkReader, BulkWriter } from './bulk.ts'
import type { BulkColumn, BulkTable } from './bulk-table.ts'
import { withCanonicalJson } from './canonical-rows.ts'
import { importRows } from './copy-in.ts'
import { piecesOf } from './copy-pieces.ts'
import { onOwnConnection, type Sql } from './own-connection.ts'
import { quoted } from './sql-text.ts'

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
  return await onOwnConnection(url, '', async (own) => {
    await assertNobodyLoads(own)
    return await work(writerOn(own))
  })
}

/** On a connection that its caller opened, and ends. */
export function writerOn(own: Sql): BulkWriter {
  return {
    ...readerOn(own),
    importRows: (table, source, into) => importRows(own, table, source, into ?? quoted(table.name)),
    run: async (sql) => void (await own.unsafe(sql)),
  }
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
