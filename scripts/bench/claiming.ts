import { openDatabase } from '#db/database.ts'
import { claimFairly } from '#jobs/fair-claim.ts'
import { LANES } from '#jobs/lane.ts'
import { createSightings } from '#jobs/sightings.ts'
import { systemClock } from '#lib/clock.ts'
import { platformJobs } from '#platform/platform.ts'
import { alternate } from './spread.ts'

const CLAIMS = 15
const { concurrency, perOrgMax = concurrency } = LANES.outbound
const KINDS = platformJobs.filter(({ lane }) => lane === 'outbound').map(({ kind }) => kind)

/**
 * A program of its own, since a process knows one engine: the middle of some claims of the outbound lane, in ms, on each database
 * of `[{ name, url, fullOrgs }]`, in rounds that alternate. The orgs 1 to `fullOrgs` have all that they may have at once.
 */
const [databases = '[]', rounds = '1'] = process.argv.slice(2)
const subjects: Record<string, () => Promise<number>> = {}
for (const { name, url, fullOrgs } of JSON.parse(databases)) {
  const db = await openDatabase({ url })
  const load = new Map<number, number>(Array.from({ length: fullOrgs }, (_, place) => [place + 1, perOrgMax]))
  const limit = Math.max(concurrency - perOrgMax * fullOrgs, perOrgMax)
  const claim = { worker: 'bench', kinds: KINDS, limit, leaseMs: 60_000, perOrgMax, load, withDead: true }
  subjects[name] = async () => {
    const took: number[] = []
    for (let left = CLAIMS; left > 0; left--) {
      const begun = performance.now()
      const taken = await claimFairly({ db, clock: systemClock }, { ...claim, seen: createSightings() })
      took.push(performance.now() - begun)
      if (taken.length > 0) throw new Error(`${name}: a claim took a job of a full org`)
    }
    return took.toSorted((a, b) => a - b)[CLAIMS >> 1] ?? 0
  }
}
console.log(JSON.stringify(await alternate(Number(rounds), subjects)))
process.exit()
