import postgres from 'postgres'
import { readSnapshot } from '#db/bulk.ts'
import { instanceTables } from '#platform/backups/coverage.ts'
import { startPostgres } from '#test/support/postgres.ts'
import { until } from './moments.ts'

const LOOK_MS = 10

export type TargetServer = Awaited<ReturnType<typeof startServer>>

/** A PostgreSQL server that databases come from. */
export async function startServer() {
  const server = await startPostgres()
  const owner = postgres(server.url, { max: 1, onnotice: () => {} })
  let made = 0
  return {
    owner,
    /** A database, or a copy of one that nobody has open. */
    async make(template = 'template1') {
      const name = `target_${++made}`
      await owner.unsafe(`create database ${name} template ${template} strategy file_copy`)
      const url = new URL(server.url)
      url.pathname = `/${name}`
      return { name, url: url.href }
    },
    async [Symbol.asyncDispose]() {
      await owner.end()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** A database of its own, and what is looked at in it. */
export async function makeDatabase(server: TargetServer, template?: string) {
  const { name, url } = await server.make(template)
  const sql = postgres(url, { max: 4, onnotice: () => {}, connection: { application_name: 'looking' } })
  return {
    ...{ name, url, sql },
    /** Once no Honeyframe is connected any more. */
    whenLeft: () =>
      until(
        async () => (await sql`select 1 from pg_stat_activity where ${ours(sql)}`).length === 0,
        'an end of its connections',
        LOOK_MS,
      ),
    [Symbol.asyncDispose]: () => sql.end({ timeout: 0 }),
  }
}

/** The process of the connection that waits for such a lock, once there is one. */
export async function whenWaiting(sql: postgres.Sql, events: readonly string[], query = '%'): Promise<number> {
  let pid = 0
  await until(
    async () => {
      const [found] = await sql`select pid from pg_stat_activity
        where ${ours(sql)} and wait_event in ${sql(events)} and query like ${query}`
      pid = found?.pid ?? 0
      return pid !== 0
    },
    `a wait for ${events.join(', ')}`,
    LOOK_MS,
  )
  return pid
}

/** Whether rows are being copied in. */
export async function isCopying(sql: postgres.Sql): Promise<boolean> {
  const found = await sql`select 1 from pg_stat_progress_copy
    where datname = current_database() and command = 'COPY FROM' and tuples_processed > 1000`
  return found.length > 0
}

/** Whether what was copied in is being read again. */
export async function isComparing(sql: postgres.Sql): Promise<boolean> {
  const found = await sql`select 1 from pg_stat_progress_copy
    where datname = current_database() and command = 'COPY TO'`
  return found.length > 0
}

/** Of all tables of an install, wherever it lies. */
export async function rowsIn(url: string): Promise<number> {
  return await readSnapshot(url, async (reader) => {
    let rows = 0
    for (const table of instanceTables()) rows += await reader.countRows(table)
    return rows
  })
}

function ours(sql: postgres.Sql) {
  return sql`datname = current_database() and application_name = 'honeyframe'`
}
