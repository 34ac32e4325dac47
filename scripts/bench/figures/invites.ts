import { runToEnd } from '#scripts/bench/child.ts'
import type { Finding } from '#scripts/bench/finding.ts'
import { ENGINES, type Engine, type Install, makeInstall, type Served } from '#scripts/bench/install.ts'
import { measureInvites } from '#scripts/bench/load.ts'
import { buildPeer } from '#scripts/bench/peer.ts'
import { alternate, ratioOf, spreadOf } from '#scripts/bench/spread.ts'
import type { Stage } from '#scripts/bench/stage.ts'

const SHARE_MIN = 0.04
const TABLES = ['invites', 'audit_log', 'jobs'] as const

/**
 * `POST /api/invites` beside the same three inserts in a bare transaction: in SQLite through `bun:sqlite`, in PostgreSQL
 * through `postgres` with as many connections as the product has.
 */
export async function measureInviting(stage: Stage): Promise<Finding[]> {
  using relay = silentRelay()
  const inserts = await buildPeer(stage, 'inserts.ts')
  const sqlite = await makeInstall(stage, 'sqlite')
  const postgres = await makeInstall(stage, 'postgres')
  const mail = { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(relay.port), SMTP_TLS: 'none' }
  await using onSqlite = await sqlite.serve(mail)
  await using onPostgres = await postgres.serve(mail)
  const invite = {
    sqlite: await inviter(stage, sqlite, onSqlite),
    postgres: await inviter(stage, postgres, onPostgres),
  }
  await invite.sqlite()
  await invite.postgres()
  const rates = await alternate(stage.rounds, {
    'raw sqlite': () => rawRate(stage, inserts, sqlite),
    sqlite: invite.sqlite,
    'raw postgres': () => rawRate(stage, inserts, postgres),
    postgres: invite.postgres,
  })
  const share = (engine: Engine) => ratioOf(rates[engine], rates[`raw ${engine}`])
  const told = Object.entries(rates).map(
    ([name, values]): Finding => ({ what: `/api/invites ${name}`, value: spreadOf(values), unit: 'a second' }),
  )
  const shares = ENGINES.map((engine): Finding => {
    const target = engine === 'sqlite' ? { target: { atLeast: SHARE_MIN } } : {}
    return { what: `/api/invites ${engine} to raw`, value: share(engine), unit: 'times', ...target }
  })
  return [...shares, ...told]
}

/** Takes every connection and never says a word, so that each invitation leaves its job, and no mail is part of the figure. */
function silentRelay() {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  return { port: listener.port, [Symbol.dispose]: () => listener.stop(true) }
}

/** Invites for some seconds, after which every answered invitation must have left a row in each of the three tables. */
async function inviter(stage: Stage, install: Install, served: Served): Promise<() => Promise<number>> {
  const headers = { authorization: `Bearer ${await served.signIn()}`, 'content-type': 'application/json' }
  let batch = 0
  return async () => {
    const before = await countRows(install)
    const target = { url: `${served.origin}/api/invites`, headers }
    const { requests, perSecond } = await measureInvites(target, stage.seconds, String(++batch))
    const after = await countRows(install)
    for (const [place, table] of TABLES.entries()) {
      const made = (after[place] ?? 0) - (before[place] ?? 0)
      if (made < requests) throw new Error(`${requests} invitations left ${made} rows in ${table}`)
    }
    return perSecond
  }
}

async function countRows(install: Install): Promise<number[]> {
  const counts = TABLES.map((table) => `(select count(*) from ${table}) as ${table}`)
  const [row] = await install.sql(`select ${counts.join(', ')}`)
  return TABLES.map((table) => Number(row?.[table]))
}

/** Transactions a second on a fresh install, with rows like those that the product wrote. */
async function rawRate(stage: Stage, inserts: string, product: Install): Promise<number> {
  const fresh = await makeInstall(stage, product.engine)
  const rows = []
  for (const table of TABLES) {
    const isOurs = table === 'audit_log' ? "where action = 'invite.created'" : ''
    const [row] = await product.sql(`select * from ${table} ${isOurs} order by id desc limit 1`)
    rows.push([table, row])
  }
  const said = await runToEnd([inserts, fresh.databaseUrl, String(stage.seconds), JSON.stringify(rows)])
  const [made] = (await countRows(fresh)).slice(0, 1)
  const { transactions, perSecond } = JSON.parse(said)
  if (made !== transactions) throw new Error(`${transactions} transactions left ${made} rows`)
  return perSecond
}
