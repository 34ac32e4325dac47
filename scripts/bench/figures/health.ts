import { medianMs } from '#scripts/bench/asking.ts'
import type { Finding } from '#scripts/bench/finding.ts'
import { addHealth } from '#scripts/bench/health-rows.ts'
import { ENGINES, type Engine, makeInstall } from '#scripts/bench/install.ts'
import { warmUp } from '#scripts/bench/load.ts'
import { alternate, ratioOf, spreadOf } from '#scripts/bench/spread.ts'
import type { Stage } from '#scripts/bench/stage.ts'

const RANGES = ['24h', '7d', '90d'] as const
const TIMES_MAX = 3

/** What `/health` takes with 90 days of history, as a multiple of that on an empty install. */
export async function measureHealth(stage: Stage): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const engine of ENGINES) findings.push(...(await measureEngine(stage, engine)))
  return findings
}

async function measureEngine(stage: Stage, engine: Engine): Promise<Finding[]> {
  await using stack = new AsyncDisposableStack()
  const empty = await served(false)
  const full = await served(true)
  const subjects: Record<string, () => Promise<number>> = {}
  for (const range of RANGES) {
    for (const [name, { origin, headers }] of Object.entries({ empty, full })) {
      const target = { url: `${origin}/health?range=${range}`, headers }
      await warmUp(target)
      subjects[`${range} ${name}`] = () => medianMs(target)
    }
  }
  const taken = await alternate(stage.rounds, subjects)
  return RANGES.flatMap((range): Finding[] => {
    const [own, base] = [taken[`${range} full`] ?? [], taken[`${range} empty`] ?? []]
    const what = `/health ${engine}, ${range}`
    return [
      { what: `${what} of 90 days to empty`, value: ratioOf(own, base), unit: 'times', target: { atMost: TIMES_MAX } },
      { what: `${what} of 90 days`, value: spreadOf(own), unit: 'ms' },
      { what: `${what}, empty`, value: spreadOf(base), unit: 'ms' },
    ]
  })

  async function served(hasHistory: boolean) {
    const install = await makeInstall(stage, engine)
    if (hasHistory) await addHealth(install)
    const { origin, signIn } = stack.use(await install.serve())
    return { origin, headers: { cookie: `hf_session=${await signIn()}` } }
  }
}
