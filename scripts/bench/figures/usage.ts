import type { Finding } from '#scripts/bench/finding.ts'
import { ENGINES, type Engine, makeInstall } from '#scripts/bench/install.ts'
import { warmUp } from '#scripts/bench/load.ts'
import { alternate, ratioOf, spreadOf } from '#scripts/bench/spread.ts'
import type { Stage } from '#scripts/bench/stage.ts'
import { addUsage } from '#scripts/bench/usage-events.ts'

const EVENTS = 1_000_000
const TIMES_MAX = 3
const ASKED_A_ROUND = 25
const PERIODS = ['today', '7d', '30d', 'all']

type Target = Readonly<{ url: string; headers: Record<string, string> }>

/** What `/usage` takes for an org with 1,000,000 usage events, as a multiple of that for an org with none. */
export async function measureUsage(stage: Stage): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const engine of ENGINES) findings.push(...(await measureEngine(stage, engine)))
  return findings
}

async function measureEngine(stage: Stage, engine: Engine): Promise<Finding[]> {
  await using stack = new AsyncDisposableStack()
  const sites = { none: await ofEvents(0), many: await ofEvents(EVENTS) }
  const subjects: Record<string, () => Promise<number>> = {}
  for (const period of PERIODS) {
    for (const [size, { origin, headers }] of Object.entries(sites)) {
      const target = { url: `${origin}/usage?period=${period}`, headers }
      if (period === 'today') await warmUp(target)
      subjects[`${period} ${size}`] = () => medianMs(target)
    }
  }
  const taken = await alternate(stage.rounds, subjects)
  return PERIODS.flatMap((period): Finding[] => {
    const [own, base] = [taken[`${period} many`] ?? [], taken[`${period} none`] ?? []]
    return [
      { what: `/usage ${engine}, ${period}`, value: ratioOf(own, base), unit: 'times', target: { atMost: TIMES_MAX } },
      { what: `/usage ${engine}, ${period}, of ${EVENTS}`, value: spreadOf(own), unit: 'ms' },
    ]
  })

  async function ofEvents(events: number) {
    const install = await makeInstall(stage, engine)
    if (events > 0) await addUsage(install, events)
    const served = stack.use(await install.serve())
    return { origin: served.origin, headers: { cookie: `hf_session=${await served.signIn()}` } }
  }
}

/** The middle of some answers, asked for one after the other. */
async function medianMs({ url, headers }: Target): Promise<number> {
  const values: number[] = []
  for (let left = ASKED_A_ROUND; left > 0; left--) {
    const start = performance.now()
    const answer = await fetch(url, { headers, redirect: 'manual' })
    await answer.text()
    values.push(performance.now() - start)
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`)
  }
  return spreadOf(values).median
}
