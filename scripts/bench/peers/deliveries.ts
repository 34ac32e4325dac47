import { Database } from 'bun:sqlite'
import { Agent, request } from 'node:http'
import postgres from 'postgres'

// The least that a delivery can be: one row committed, and one request to an address that was looked up before.
const [url = '', target = '', wanted = '1', lanes = '1', body = '{}'] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, lookup: (_, __, answer) => answer(null, '127.0.0.1', 4) })
const commit = url.startsWith('sqlite:') ? onSqlite(url.slice('sqlite:'.length)) : onPostgres()
let left = Number(wanted)
const startedAt = performance.now()
await Promise.all(Array.from({ length: Number(lanes) }, work))
console.log(JSON.stringify({ perSecond: (Number(wanted) * 1000) / (performance.now() - startedAt) }))
process.exit()

async function work(): Promise<void> {
  while (left-- > 0) {
    const status = await send()
    await commit(status)
  }
}

function send(): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request(target, { agent, method: 'POST', headers }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function onSqlite(path: string): (status: number) => Promise<void> {
  const db = new Database(path)
  for (const pragma of ['journal_mode = wal', 'synchronous = normal']) db.run(`pragma ${pragma}`)
  db.run('create table if not exists bare (id integer primary key, status integer, excerpt text)')
  const insert = db.prepare('insert into bare (status, excerpt) values (?, ?)')
  return async (status) => void insert.run(status, 'ok')
}

function onPostgres(): (status: number) => Promise<void> {
  const sql = postgres(url, { max: 10, fetch_types: false, onnotice: () => {} })
  const made = sql`create table if not exists bare (id serial primary key, status integer, excerpt text)`.then(() => {})
  return async (status) => {
    await made
    await sql`insert into bare (status, excerpt) values (${status}, 'ok')`
  }
}
