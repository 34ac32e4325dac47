import type { Finding } from '#scripts/bench/finding.ts'
import { ENGINES, type Engine, makeInstall } from '#scripts/bench/install.ts'
import { addLicenses } from '#scripts/bench/licenses.ts'
import { measureLoad, type Target, warmUp } from '#scripts/bench/load.ts'
import { addOrgs, adminEmail } from '#scripts/bench/people.ts'
import { alternate, ratioOf, spreadOf } from '#scripts/bench/spread.ts'
import type { Stage } from '#scripts/bench/stage.ts'

const ROUNDS = 11
const MANY = 1_000
const GATE_SHARE = 0.93
const MANY_SHARE = 0.8

/** `GET /api/groups` with licences enforced beside not enforced, and among 1,000 licensed orgs beside one. */
export async function measureLicense(stage: Stage): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const engine of ENGINES) findings.push(...(await measureEngine(stage, engine)))
  return findings
}

async function measureEngine(stage: Stage, engine: Engine): Promise<Finding[]> {
  await using stack = new AsyncDisposableStack()
  const one = await ofOrgs(1, '1')
  const open = await ofOrgs(1, '0')
  const many = await ofOrgs(MANY, '1')
  const rate = (target: Target) => async () => (await measureLoad(target, stage.seconds)).perSecond
  const rates = await alternate(ROUNDS, { open: rate(open), one: rate(one), many: rate(many) })
  const what = `/api/groups ${engine}`
  return [
    { what: `${what}, gate on to off`, value: ratioOf(rates.one, rates.open), ...atLeast(GATE_SHARE) },
    { what: `${what}, ${MANY} licensed orgs to one`, value: ratioOf(rates.many, rates.one), ...atLeast(MANY_SHARE) },
    { what: `${what}, gate off`, value: spreadOf(rates.open), unit: 'a second' },
    { what: `${what}, gate on`, value: spreadOf(rates.one), unit: 'a second' },
    { what: `${what}, ${MANY} licensed orgs`, value: spreadOf(rates.many), unit: 'a second' },
  ]

  async function ofOrgs(orgs: number, enforcement: '0' | '1'): Promise<Target> {
    const install = await makeInstall(stage, engine)
    await addOrgs(install, orgs)
    await addLicenses(install, orgs)
    const served = stack.use(await install.serve({ LICENSE_ENFORCE: enforcement }))
    const headers = { authorization: `Bearer ${await served.signIn(adminEmail(Math.floor(orgs / 2)))}` }
    await requireValid(served.origin, headers)
    const target = { url: `${served.origin}/api/groups`, headers }
    await warmUp(target)
    return target
  }
}

function atLeast(share: number): Pick<Finding, 'unit' | 'target'> {
  return { unit: 'times', target: { atLeast: share } }
}

async function requireValid(origin: string, headers: Record<string, string>): Promise<void> {
  const text = await (await fetch(`${origin}/api/license`, { headers })).text()
  if (!text.includes('"status":"valid"')) throw new Error(`the licence does not count: ${text.slice(0, 300)}`)
}
