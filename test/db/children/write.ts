/** Starts many writes at once, half of them in transactions, and acknowledges each on standard output once it is done. */
import { writeSync } from 'node:fs'
import { orgs } from '#core/tenancy/tables.ts'
import { openDatabase } from '#db/database.ts'

const [url = '', writes = '0'] = process.argv.slice(2)
const db = await openDatabase({ url, poolMax: 10 })
const createdAt = new Date('2025-01-01T00:00:00Z')

async function write(place: number): Promise<void> {
  const row = { slug: `org-${place}`, name: 'Org', createdAt }
  if (place % 2 === 0) await db.insert(orgs).values(row)
  else await db.transaction(async (tx) => void (await tx.insert(orgs).values(row)))
  writeSync(1, `${row.slug}\n`)
}

await Promise.all(Array.from({ length: Number(writes) }, (_, place) => write(place)))
