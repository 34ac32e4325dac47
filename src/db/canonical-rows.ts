import { copyLine, readCopyRows } from '#lib/copy-csv.ts'
import type { BulkColumn } from './bulk-table.ts'
import { canonicalJson } from './canonical-json.ts'

/** `jsonb` has an order and a spelling of its own. */
export async function* withCanonicalJson(
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
