import { join } from 'node:path'
import { runToEnd } from '#scripts/bench/child.ts'
import type { Finding } from '#scripts/bench/finding.ts'
import { ENGINES, type Engine, type Install, makeInstall } from '#scripts/bench/install.ts'
import { ratioOf, spreadOf } from '#scripts/bench/spread.ts'
import type { Stage } from '#scripts/bench/stage.ts'

const TIMES_MAX = 10
const EMPTY = 'empty'
/** Jobs that wait, and the orgs they belong to, each of which has as many under way as it may. */
const QUEUES: Readonly<Record<string, Readonly<{ jobs: number; orgs: number }>>> = {
  [EMPTY]: { jobs: 0, orgs: 0 },
  '10,000 of one org': { jobs: 10_000, orgs: 1 },
  '100,000 of one org': { jobs: 100_000, orgs: 1 },
  '10,000 of 1,000 orgs': { jobs: 10_000, orgs: 1_000 },
}

/**
 * What a claim costs that has to look past the jobs of full orgs and finds nothing behind them, as a multiple of one on an empty
 * queue.
 */
export async function measureClaims(stage: Stage): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const engine of ENGINES) findings.push(...(await measureEngine(stage, engine)))
  return findings
}

async function measureEngine(stage: Stage, engine: Engine): Promise<Finding[]> {
  const databases = []
  for (const [name, { jobs, orgs }] of Object.entries(QUEUES)) {
    const install = await makeInstall(stage, engine)
    await fill(install, jobs, orgs)
    databases.push({ name, url: install.databaseUrl, fullOrgs: orgs })
  }
  const argv = [
    process.execPath,
    join(import.meta.dir, '../claiming.ts'),
    JSON.stringify(databases),
    String(stage.rounds),
  ]
  const said = await runToEnd(argv, { DATABASE_URL: databases[0]?.url ?? '' })
  const taken: Record<string, number[]> = JSON.parse(said)
  const base = taken[EMPTY] ?? []
  return Object.entries(taken).flatMap(([name, own]): Finding[] => {
    const what = `claim ${engine}, ${name}`
    const told: Finding = { what, value: spreadOf(own), unit: 'ms' }
    if (name === EMPTY) return [told]
    return [{ what: `${what} to empty`, value: ratioOf(own, base), unit: 'times', target: { atMost: TIMES_MAX } }, told]
  })
}

/** Deliveries that are due, one a millisecond, of the orgs in turn; and the statistics that an install has after a while. */
async function fill({ sql, engine }: Install, jobs: number, orgs: number): Promise<void> {
  if (jobs === 0) return
  const isSqlite = engine === 'sqlite'
  const series = isSqlite
    ? `with recursive n(n) as (select 1 union all select n + 1 from n where n < ${jobs})`
    : `with n(n) as (select generate_series(1, ${jobs}))`
  const at = isSqlite ? `${Date.now() - jobs} + n - 60000` : `now() - (${jobs} - n + 60000) * interval '1 millisecond'`
  const payload = `'{"plain":{"deliveryId":"' || n || '","number":1}}'`
  await sql(
    `insert into jobs (id, kind, org_id, payload, state, run_at, created_at)
      ${series} select 'job-' || n, 'webhook.deliver', 1 + n % ${orgs}, ${payload}, 'waiting', ${at}, ${at} from n`,
    isSqlite ? 'select 1' : 'vacuum analyze jobs',
  )
}
