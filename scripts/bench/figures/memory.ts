import { residentMb } from '#scripts/bench/child.ts'
import type { Finding } from '#scripts/bench/finding.ts'
import { ENGINES, type Engine, makeInstall } from '#scripts/bench/install.ts'
import { measureLoad, warmUp } from '#scripts/bench/load.ts'
import { addTeammates } from '#scripts/bench/people.ts'
import { slopeOf, spreadOf } from '#scripts/bench/spread.ts'
import type { Stage } from '#scripts/bench/stage.ts'
import { targetOf } from './members-page.ts'

const IDLE_SECONDS = 10
const LOAD_SECONDS = 60
const IDLE_MB_MAX = 100
const LOAD_MB_MAX = 200
/** The collector's own ups and downs are larger over the seconds that are left. */
const SLOPE_MB_MAX = 20

/** The memory of a process that nobody asks anything, and of one under a minute of load on an answer and on a page. */
export async function measureMemory(stage: Stage): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const engine of ENGINES) findings.push(...(await measureEngine(stage, engine)))
  return findings
}

async function measureEngine(stage: Stage, engine: Engine): Promise<Finding[]> {
  const install = await makeInstall(stage, engine)
  await addTeammates(install, 50)
  await using served = await install.serve()
  const idle = await sample(served.pid, Bun.sleep(IDLE_SECONDS * 1000))
  const page = await targetOf(served)
  const me = { url: `${served.origin}/api/me`, headers: { authorization: `Bearer ${await served.signIn()}` } }
  await warmUp(page)
  const seconds = stage.isQuick ? LOAD_SECONDS / 6 : LOAD_SECONDS
  const busy = await sample(served.pid, Promise.all([measureLoad(me, seconds), measureLoad(page, seconds)]))
  const settled = busy.slice(Math.floor(busy.length / 2))
  const what = `memory ${engine}`
  return [
    { what: `${what} idle`, value: spreadOf(idle), unit: 'MB', target: { atMost: IDLE_MB_MAX } },
    { what: `${what} under load`, value: spreadOf(busy), unit: 'MB' },
    { what: `${what} at most`, value: spreadOf([Math.max(...busy)]), unit: 'MB', target: { atMost: LOAD_MB_MAX } },
    {
      what: `${what} growth, second half`,
      value: spreadOf([slopeOf(settled) * 60]),
      unit: 'MB a minute',
      target: { atMost: SLOPE_MB_MAX },
    },
  ]
}

/** The memory of a process, looked at every second until `end`. */
async function sample(pid: number, end: Promise<unknown>): Promise<number[]> {
  let isOver = false
  const over = end.finally(() => {
    isOver = true
  })
  const values: number[] = []
  while (!isOver) {
    values.push(await residentMb(pid))
    await Promise.race([over, Bun.sleep(1000)])
  }
  await over
  return values
}
