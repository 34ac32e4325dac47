import { addEventsOfOrgs } from '#scripts/bench/events.ts'
import type { Finding } from '#scripts/bench/finding.ts'
import { ENGINES, type Engine, type Install, makeInstall } from '#scripts/bench/install.ts'
import { measureLoad, warmUp } from '#scripts/bench/load.ts'
import { addOrgs, adminEmail } from '#scripts/bench/people.ts'
import { alternate, ratioOf } from '#scripts/bench/spread.ts'
import type { Stage } from '#scripts/bench/stage.ts'

const SIZES = [10, 1_000, 10_000] as const
const PATHS = ['/api/me', '/members', '/audit-log'] as const

/** What an answer costs when the database holds more orgs of 20 people: requests a second, as a share of those on the smallest. */
export async function measureGrowth(stage: Stage): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const engine of ENGINES) findings.push(...(await measureEngine(stage, engine)))
  return findings
}

async function measureEngine(stage: Stage, engine: Engine): Promise<Finding[]> {
  const installs: Install[] = []
  for (const orgs of SIZES) {
    const install = await makeInstall(stage, engine)
    await addOrgs(install, orgs)
    await addEventsOfOrgs(install, orgs)
    installs.push(install)
  }
  await using stack = new AsyncDisposableStack()
  const subjects: Record<string, () => Promise<number>> = {}
  for (const [place, orgs] of SIZES.entries()) {
    const served = await installs[place]?.serve()
    if (!served) throw new Error('an install is missing')
    stack.use(served)
    const token = await served.signIn(adminEmail(Math.floor(orgs / 2)))
    for (const path of PATHS) {
      const headers = path !== '/api/me' ? { cookie: `hf_session=${token}` } : { authorization: `Bearer ${token}` }
      const target = { url: served.origin + path, headers }
      await warmUp(target)
      subjects[`${path} ${orgs}`] = async () => (await measureLoad(target, stage.seconds)).perSecond
    }
  }
  const rates = await alternate(stage.rounds, subjects)
  return PATHS.flatMap((path) =>
    SIZES.slice(1).map((orgs): Finding => {
      const value = ratioOf(rates[`${path} ${orgs}`] ?? [], rates[`${path} ${SIZES[0]}`] ?? [])
      return { what: `${path} ${engine}, ${orgs} orgs to ${SIZES[0]}`, value, unit: 'times' }
    }),
  )
}
