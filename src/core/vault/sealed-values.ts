import type { Database } from '#db/database.ts'
import type { Purpose } from './envelope.ts'
import { opens, type Vault } from './vault.ts'

export type SealedValue = Readonly<{ envelope: string; purpose: Purpose }>

/** Every value that one column holds sealed. Memory does not grow with the table. */
export type SealedColumn = Readonly<{ name: string; read: (db: Database) => AsyncIterable<SealedValue> }>

export type SealedCount = Readonly<{ column: string; readable: number; unreadable: number }>

/** How many of the sealed values open, for each column. Shows none of them, and writes nothing. */
export async function countSealedValues(
  db: Database,
  vault: Pick<Vault, 'open'>,
  columns: readonly SealedColumn[],
): Promise<SealedCount[]> {
  const counts: SealedCount[] = []
  for (const { name, read } of columns) {
    const count = { column: name, readable: 0, unreadable: 0 }
    for await (const value of read(db)) count[opens(vault, value.envelope, value.purpose) ? 'readable' : 'unreadable']++
    counts.push(count)
  }
  return counts
}
