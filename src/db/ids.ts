import { type Database, type MigrationRun, rawOf } from './database.ts'
import type { SchemaNames } from './scratch.ts'
import { literal, tableIn } from './sql-text.ts'

type Reader = Readonly<{ engine: Database['engine']; run: MigrationRun; names: SchemaNames }>

/** The highest id that a table has ever given to a row, of whichever org. */
export async function idsGiven({ engine, run, names: { live } }: Reader, table: string): Promise<number> {
  const [row] = await run(
    engine === 'postgres'
      ? `select greatest(case when is_called then last_value else 0 end, (select max(id) from ${tableIn(live, table)})) as id
        from ${tableIn(live, `${table}_id_seq`)}`
      : `select max(seq) as id from ${tableIn(live, 'sqlite_sequence')} where name = ${literal(table)}`,
  )
  return Number(row?.id ?? 0)
}

/**
 * Takes `count` ids that nobody else will get, and answers with the SQL of the next one for a query that is ordered by `key`. With
 * `none`, none is taken: they are below zero, for what is never written.
 */
export async function takeIds(
  db: Database,
  live: string,
  table: string,
  count: number | 'none',
): Promise<(key: string) => string> {
  if (count === 'none') return (key) => `-(abs(${key}) + 1)`
  if (db.engine === 'postgres') return await nextOfSequence(db, live, table)
  const first = await db.transaction(async (tx) => {
    const run = rawOf(tx)
    await run(`insert into sqlite_sequence (name, seq) select ${literal(table)}, 0
      where not exists (select 1 from sqlite_sequence where name = ${literal(table)})`)
    const [row] = await run(
      `update sqlite_sequence set seq = seq + ${count} where name = ${literal(table)} returning seq - ${count} as seq`,
    )
    return Number(row?.seq)
  })
  return (key) => `${first} + row_number() over (order by ${key})`
}

/** Rows that came with an id of their own leave a sequence behind. */
async function nextOfSequence(db: Database, live: string, table: string): Promise<() => string> {
  const sequence = tableIn(live, `${table}_id_seq`)
  const most = `(select max(id) from ${tableIn(live, table)})`
  await db.inspect(`select setval(${literal(sequence)}, ${most}) from ${sequence} where last_value < ${most}`)
  return () => `nextval(${literal(sequence)})`
}
