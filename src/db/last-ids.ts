import type { BulkReader, BulkWriter } from './bulk.ts'

/** The last id that each table gave out, by its name; tables whose ids are given from outside are not there. */
export async function readLastIds(reader: BulkReader): Promise<ReadonlyMap<string, number>> {
  const rows = await reader.rows(
    reader.engine === 'sqlite' ? 'select name, seq as last from sqlite_sequence' : SEQUENCES,
  )
  return new Map(rows.map(({ name, last }) => [String(name), Number(last)]))
}

/** Makes a table go on after `lastId`. Its rows must be there. */
export async function writeLastId(writer: BulkWriter, table: string, lastId: number): Promise<void> {
  if (!Number.isSafeInteger(lastId)) throw new Error('an id is a whole number')
  if (writer.engine === 'sqlite') {
    await writer.run(`delete from sqlite_sequence where name = '${table}'`)
    await writer.run(`insert into sqlite_sequence (name, seq) values ('${table}', ${lastId})`)
    return
  }
  const next = lastId === 0 ? '1, false' : `${lastId}, true`
  await writer.run(`select setval(pg_get_serial_sequence('honeyframe.${table}', 'id'), ${next})`)
}

/** A sequence that was never asked has no last value. */
const SEQUENCES = `
  select t.relname as name, coalesce(s.last_value, 0) as last
  from pg_class t
  join pg_depend d on d.refobjid = t.oid and d.deptype = 'i' and d.classid = 'pg_class'::regclass
  join pg_class q on q.oid = d.objid and q.relkind = 'S'
  join pg_sequences s on s.schemaname = 'honeyframe' and s.sequencename = q.relname
  where t.relnamespace = 'honeyframe'::regnamespace`
