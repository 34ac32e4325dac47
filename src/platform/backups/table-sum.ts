import { createHash } from 'node:crypto'
import type { BulkReader, BulkTable } from '#db/bulk.ts'

/** How many rows a table has, and the SHA-256 of what a backup would hold of them. */
export async function tableSum(
  reader: BulkReader,
  table: BulkTable,
  filter?: string,
): Promise<{ rows: number; bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let rows = 0
  let bytes = 0
  const source = reader.exportRows(table, filter, (more) => {
    rows += more
  })
  for await (const chunk of source) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { rows, bytes, sha256: hash.digest('hex') }
}
