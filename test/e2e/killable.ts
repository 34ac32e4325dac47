import { Database as Connection } from 'bun:sqlite'
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { usageEvents } from '#core/usage/tables.ts'
import { readSnapshot } from '#db/bulk.ts'
import { pathOf } from '#db/sqlite.ts'
import { schedules } from '#jobs/tables.ts'
import { coverageOf } from '#platform/backups/coverage.ts'
import { tableSum } from '#platform/backups/table-sum.ts'
import { platformSchedules } from '#platform/platform.ts'
import { webhookDeliveries } from '#platform/webhooks/tables.ts'
import { addEvents } from '#test/backups/content.ts'
import { type Life, openLife, spoil } from '#test/backups/org-life.ts'
import { putRealBackup } from '#test/backups/room.ts'
import { EXECUTABLE, start } from '#test/binary/executable.ts'
import { freePort } from '#test/support/ports.ts'

const SECRET = 'the secret of an install that is killed all the time'
/** What takes the executable a second or so: long enough to be met in the middle. */
const HEAVY_BYTES = 3_000_000
const MANY_EVENTS = 60_000

/** Row counts and SHA-256 of what a backup would hold of an org, by table, without the log, which nothing takes back. */
export type Sums = Readonly<Record<string, string>>

export type OrgSums = Readonly<{ acme: Sums; beta: Sums }>

export type Settled = AsyncDisposable &
  Readonly<{
    dataDir: string
    acme: number
    beta: number
    /** Ada's, who is an admin of acme. */
    jwt: string
    /** What the orgs hold. */
    sums: OrgSums
    /** Of acme as it was then: its id, its file's name, and what it holds. */
    backup: Readonly<{ id: number; name: string; sums: Sums }>
  }>

/**
 * An install in use, at rest on SQLite: acme and beta have something in every table. Acme has many events and a backup; where it
 * `isSpoilt` it lost them since, so that a restore has much to write. Where it `isHeavy` beta has something that no pipe holds.
 */
export async function settle({ isSpoilt = false, isHeavy = false, events = MANY_EVENTS } = {}): Promise<Settled> {
  await using made = new AsyncDisposableStack()
  const dataDir = await mkdtemp(join(tmpdir(), 'hf-killed-'))
  made.defer(() => rm(dataDir, { recursive: true, force: true }))
  await using life = await openLife({ env: { DATA_DIR: dataDir, JWT_SECRET: SECRET } })
  const { app, acme, beta, ada } = life
  const backup = await fill(life, events)
  if (isHeavy) await weigh(life)
  if (isSpoilt) await spoil(life)
  await stopClock(life)
  using connection = new Connection(pathOf(app.database.url))
  connection.run('vacuum into ?', [join(dataDir, 'honeyframe.db')])
  await chmod(join(dataDir, 'honeyframe.db'), 0o600)
  const sums = await sumsOfBoth(app.database.url, { acme, beta })
  const rest = made.move()
  return { dataDir, acme, beta, sums, backup, jwt: ada.jwt, [Symbol.asyncDispose]: () => rest.disposeAsync() }
}

async function fill(life: Life, events: number): Promise<Settled['backup']> {
  const { app, ctx, acme } = life
  await ctx.db.delete(usageEvents)
  await addEvents(app.database.url, acme, events)
  const name = '20260101-000000.tar.gz'
  const id = await putRealBackup({ app, orgId: acme, slug: 'acme' }, { name })
  return { id, name, sums: await sumsOf(app.database.url, acme) }
}

async function weigh({ ctx, beta }: Life): Promise<void> {
  const eventType = sql`hex(randomblob(${HEAVY_BYTES}))`
  await ctx.db.update(webhookDeliveries).set({ eventType }).where(eq(webhookDeliveries.orgId, beta))
}

/** Nothing is written but what a test asks for. */
async function stopClock({ ctx }: Life): Promise<void> {
  const nextRunAt = new Date('2099-01-01T00:00:00Z')
  await ctx.db.insert(schedules).values(platformSchedules.map(({ name, cron }) => ({ name, cron, nextRunAt })))
}

async function sumsOfBoth(url: string, { acme, beta }: Pick<Settled, 'acme' | 'beta'>): Promise<OrgSums> {
  return { acme: await sumsOf(url, acme), beta: await sumsOf(url, beta) }
}

async function sumsOf(url: string, orgId: number): Promise<Sums> {
  return await readSnapshot(url, async (reader) => {
    const sums: Record<string, string> = {}
    for (const table of coverageOf(orgId).filter(({ name }) => name !== 'audit_log')) {
      // Whoever asks the server how far it is was active.
      const columns = table.columns.filter(({ name }) => name !== 'last_active_at')
      const { rows, sha256 } = await tableSum(reader, { ...table, columns }, table.filter)
      sums[table.name] = `${rows} ${sha256}`
    }
    return sums
  })
}

export type Install = Awaited<ReturnType<typeof copyOf>>

export type Server = Awaited<ReturnType<Install['serve']>>

/** The same install again, with a folder of its own, and the executable that works on it. */
export async function copyOf(settled: Settled) {
  const dataDir = await mkdtemp(join(tmpdir(), 'hf-killed-'))
  await cp(settled.dataDir, dataDir, { recursive: true, preserveTimestamps: true })
  const file = join(dataDir, 'honeyframe.db')
  return { ...installIn(settled, { dataDir, url: `sqlite:${file}` }), file }
}

/** The executable that works on this folder and this database; its end is that of the folder. */
export function installIn(settled: Settled, { dataDir, url }: Readonly<{ dataDir: string; url: string }>) {
  const env = { DATA_DIR: dataDir, DATABASE_URL: url, JWT_SECRET: SECRET }
  const programs = new AsyncDisposableStack()
  const run = (argv: readonly string[], more: Record<string, string> = {}) =>
    programs.use(start([EXECUTABLE, ...argv], { env: { ...env, ...more } }))
  return {
    ...{ dataDir, url, env, run },
    /** A verb, to its end. */
    async verb(...argv: string[]) {
      const program = run(argv)
      return { code: await program.ended(), said: program.said() }
    },
    async serve() {
      const port = freePort()
      const program = run(['serve'], { PORT: String(port) })
      await program.says(/"message":"listening"/)
      const origin = `http://127.0.0.1:${port}`
      return { ...program, origin, call: callerOf(origin, settled.jwt) }
    },
    /** Of both orgs, as they are now. */
    sums: () => sumsOfBoth(url, settled),
    async [Symbol.asyncDispose]() {
      await programs.disposeAsync()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function callerOf(origin: string, jwt: string) {
  return async (method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${jwt}`, 'content-type': 'application/json' }
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const response = await fetch(origin + path, init)
    const answer: Record<string, unknown> = await response.json()
    return { status: response.status, body: answer }
  }
}

/** The minute after which a dead worker's jobs are anybody's is over, and the pause before the next attempt. */
export function letLeasesEnd({ file }: Pick<Install, 'file'>): void {
  using connection = new Connection(file)
  connection.run('pragma busy_timeout = 10000')
  connection.run(`update jobs set locked_until = 0 where state = 'running'`)
  connection.run(`update jobs set run_at = 0 where state = 'waiting'`)
}

export function rowsOf({ file }: Pick<Install, 'file'>, sql: string): Record<string, unknown>[] {
  using connection = new Connection(file, { readonly: true })
  return connection.query<Record<string, unknown>, []>(sql).all()
}
