import { Database, type SQLQueryBindings } from 'bun:sqlite'
import postgres from 'postgres'

// One transaction after the other, each with one row for every table it is told, as fast as the engine takes them.
type Row = Record<string, unknown>
type Template = [table: string, row: Row]

const CONNECTIONS = 10
const CHECK_EVERY = 50
const [url = '', seconds = '1', json = '[]'] = process.argv.slice(2)
const templates: Template[] = JSON.parse(json)
const shapes = templates.map(([table, row]) => ({ table, columns: columnsOf(table, row) }))
const startedAt = performance.now()
const endsAt = startedAt + Number(seconds) * 1000
let transactions = 0

await (url.startsWith('sqlite:') ? runSqlite(url.slice('sqlite:'.length)) : runPostgres())
console.log(JSON.stringify({ transactions, perSecond: (transactions * 1000) / (performance.now() - startedAt) }))

function runSqlite(path: string): void {
  using db = new Database(path)
  for (const pragma of ['journal_mode = wal', 'synchronous = normal', 'foreign_keys = on']) db.run(`pragma ${pragma}`)
  const statements = shapes.map(({ table, columns }) =>
    db.prepare<unknown, SQLQueryBindings[]>(
      `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    ),
  )
  const insert = db.transaction(() => {
    for (const [place, statement] of statements.entries()) statement.run(...(valuesOf(place) as SQLQueryBindings[]))
  })
  while (performance.now() < endsAt) {
    for (let left = CHECK_EVERY; left > 0; left--) {
      insert.immediate()
      transactions++
    }
  }
  for (const statement of statements) statement.finalize()
}

async function runPostgres(): Promise<void> {
  const sql = postgres(url, { max: CONNECTIONS, fetch_types: false, connection: { search_path: 'honeyframe' } })
  const statements = shapes.map(({ table, columns }) => {
    const places = columns.map((_, place) => `$${place + 1}`)
    return `insert into ${table} (${columns.join(', ')}) values (${places.join(', ')})`
  })
  async function work(): Promise<void> {
    while (performance.now() < endsAt) {
      await sql.begin(async (tx) => {
        for (const [place, text] of statements.entries()) {
          await tx.unsafe(text, valuesOf(place) as postgres.ParameterOrJSON<never>[], { prepare: true })
        }
      })
      transactions++
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
  await sql.end()
}

/** Numbers are given out by the database; the queue's own ids are texts. */
function columnsOf(table: string, row: Row): string[] {
  return Object.keys(row).filter((column) => column !== 'id' || table === 'jobs')
}

/** The template's values, but what must be unique made anew, and the job as it is before anybody takes it. */
function valuesOf(place: number): unknown[] {
  const [, row] = templates[place] ?? ['', {}]
  const fresh: Row = { id: Bun.randomUUIDv7(), event_id: Bun.randomUUIDv7(), token_hash: Bun.randomUUIDv7().repeat(2) }
  fresh.email = `raw-${fresh.id}@example.com`
  fresh.locked_by = fresh.locked_until = fresh.last_error = fresh.finished_at = null
  return (shapes[place]?.columns ?? []).map((column) => (column in fresh ? fresh[column] : row[column]))
}
