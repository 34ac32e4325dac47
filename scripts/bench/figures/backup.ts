import { join } from 'node:path'
import { backupClient, memoryAbove } from '#scripts/bench/backups.ts'
import { residentMb, runToEnd } from '#scripts/bench/child.ts'
import type { Finding } from '#scripts/bench/finding.ts'
import { ENGINES, type Engine, type Install, makeInstall } from '#scripts/bench/install.ts'
import { measureLoad, type Target, warmUp } from '#scripts/bench/load.ts'
import { alternate, ratioOf, spreadOf } from '#scripts/bench/spread.ts'
import type { Stage } from '#scripts/bench/stage.ts'
import { addUsage } from '#scripts/bench/usage.ts'

const EVENTS = 1_000_000
const SPEED_MIN = 0.5
const MEMORY_MB_MAX = 150
const P99_TIMES_MAX = 5
const SETTLE_MS = 3_000

/**
 * A backup of an org with 1,000,000 usage events by a running server, beside the database's own dump through gzip: its speed, the
 * memory it takes, and what `/api/me` notices of it.
 */
export async function measureBackup(stage: Stage): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const engine of ENGINES) findings.push(...(await measureEngine(stage, engine)))
  return findings
}

async function measureEngine(stage: Stage, engine: Engine): Promise<Finding[]> {
  const install = await makeInstall(stage, engine)
  await addUsage(install, EVENTS)
  await using served = await install.serve()
  const headers = { authorization: `Bearer ${await served.signIn()}` }
  const me = { url: `${served.origin}/api/me`, headers }
  const { make } = backupClient(served, headers)
  await warmUp(me)
  await Bun.sleep(SETTLE_MS)
  const idle = await residentMb(served.pid)
  const gained: number[] = []
  const taken = await alternate(stage.rounds, {
    dump: () => dumpMs(stage, install),
    backup: async () => {
      const making = make()
      gained.push(await memoryAbove(idle, served.pid, making))
      return (await making).ms
    },
  })
  const p99 = await alternate(stage.rounds, {
    idle: async () => (await measureLoad(me, stage.seconds)).p99Ms,
    busy: () => p99While(me, stage.seconds, make),
  })
  const what = `backup ${engine}`
  return [
    {
      what: `${what}, speed to dump`,
      value: ratioOf(taken.dump, taken.backup),
      unit: 'times',
      target: { atLeast: SPEED_MIN },
    },
    { what: `${what} of ${EVENTS}`, value: spreadOf(taken.backup), unit: 'ms' },
    { what: `${what}, the dump`, value: spreadOf(taken.dump), unit: 'ms' },
    {
      what: `${what}, most memory above idle`,
      value: spreadOf([Math.max(...gained)]),
      unit: 'MB',
      target: { atMost: MEMORY_MB_MAX },
    },
    {
      what: `${what}, /api/me p99 to idle`,
      value: ratioOf(p99.busy, p99.idle),
      unit: 'times',
      target: { atMost: P99_TIMES_MAX },
    },
    { what: `${what}, /api/me p99`, value: spreadOf(p99.busy), unit: 'ms' },
  ]
}

/** The database's own way to the same: every row of the table, compressed with gzip's own level. */
async function dumpMs({ folder }: Stage, { engine, databaseUrl }: Install): Promise<number> {
  const out = join(folder, 'dump.gz')
  const [sqlite, postgres] = ['sqlite3 "$1" ".dump usage_events"', 'pg_dump "$1" -t honeyframe.usage_events']
  const script = `set -o pipefail; ${engine === 'sqlite' ? sqlite : postgres} | gzip > "$2"`
  const source = databaseUrl.replace(/^sqlite:/, '')
  const started = performance.now()
  await runToEnd(['bash', '-c', script, 'dump', source, out])
  return performance.now() - started
}

/** Backups follow one another for as long as the load lasts. */
async function p99While(target: Target, seconds: number, make: () => Promise<unknown>): Promise<number> {
  let isOver = false
  const backups = (async () => {
    while (!isOver) await make()
  })()
  const { p99Ms } = await measureLoad(target, seconds)
  isOver = true
  await backups
  return p99Ms
}
