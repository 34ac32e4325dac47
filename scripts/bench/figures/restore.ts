import { backupClient } from '#scripts/bench/backups.ts'
import type { Finding } from '#scripts/bench/finding.ts'
import { prepareImport } from '#scripts/bench/import.ts'
import { ENGINES, type Engine, type Install, makeInstall } from '#scripts/bench/install.ts'
import { measureLoad, warmUp } from '#scripts/bench/load.ts'
import { alternate, ratioOf, spreadOf } from '#scripts/bench/spread.ts'
import type { Stage } from '#scripts/bench/stage.ts'
import { addUsage } from '#scripts/bench/usage.ts'

const EVENTS = 1_000_000
const EVENTS_QUICK = 200_000
const SPEED_MIN = 0.3
const P99_TIMES_MAX = 5

/**
 * An org whose 1,000,000 usage events are gone gets them back from its backup by a running server, beside the database's own import
 * of the same rows from CSV: its speed, and what `/api/me` notices of it.
 */
export async function measureRestore(stage: Stage): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const engine of ENGINES) findings.push(...(await measureEngine(stage, engine)))
  return findings
}

async function measureEngine(stage: Stage, engine: Engine): Promise<Finding[]> {
  const events = stage.isQuick ? EVENTS_QUICK : EVENTS
  const install = await makeInstall(stage, engine)
  await addUsage(install, events)
  const bare = await prepareImport(install, stage.folder)
  await using served = await install.serve()
  const headers = { authorization: `Bearer ${await served.signIn()}` }
  const me = { url: `${served.origin}/api/me`, headers }
  const { make, restore } = backupClient(served, headers)
  const { name } = await make()
  await warmUp(me)
  const bringBack = () => restore(name)
  const taken = await alternate(stage.rounds, {
    import: bare.run,
    restore: async () => {
      await lose(install)
      const ms = await bringBack()
      await assertBack(install, events)
      return ms
    },
  })
  // Under load a restore takes longer, so that all of the load is within it.
  const seconds = Math.max(stage.seconds, Math.ceil(spreadOf(taken.restore).median / 1_000))
  const p99 = await alternate(stage.rounds, {
    idle: async () => (await measureLoad(me, seconds)).p99Ms,
    busy: async () => {
      await lose(install)
      const work = bringBack()
      const { p99Ms } = await measureLoad(me, seconds)
      await work
      return p99Ms
    },
  })
  const what = `restore ${engine}`
  const [speed, slower] = [ratioOf(taken.import, taken.restore), ratioOf(p99.busy, p99.idle)]
  return [
    { what: `${what}, speed to import`, value: speed, unit: 'times', target: { atLeast: SPEED_MIN } },
    { what: `${what} of ${events}`, value: spreadOf(taken.restore), unit: 'ms' },
    { what: `${what}, the import`, value: spreadOf(taken.import), unit: 'ms' },
    { what: `${what}, /api/me p99 to idle`, value: slower, unit: 'times', target: { atMost: P99_TIMES_MAX } },
    { what: `${what}, /api/me p99`, value: spreadOf(p99.busy), unit: 'ms' },
  ]
}

/** Where nothing differs a restore writes nothing. */
async function lose({ sql }: Install): Promise<void> {
  await sql('delete from usage_events')
}

async function assertBack({ sql }: Install, events: number): Promise<void> {
  const [row] = await sql('select count(*) as n from usage_events')
  if (Number(row?.n) !== events) throw new Error(`${String(row?.n)} of ${events} events came back`)
}
