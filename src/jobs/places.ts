import type { StoredJob } from './queue.ts'

/** Jobs of the whole install share what one org may have. */
export const NO_ORG = 0

/** What an org's jobs are counted under. */
export function orgKeyOf({ orgId }: Pick<StoredJob, 'orgId'>): number {
  return orgId ?? NO_ORG
}

type Count = { places: number; jobs: number }

/**
 * The places of a worker. A job takes one, and may leave it before it ends for another to begin: of the worker, and of each
 * org, there are never more than two jobs for each place.
 */
export function createPlaces() {
  const all: Count = { places: 0, jobs: 0 }
  const ofOrg = new Map<number, Count>()

  /** Comes back with what leaves the place, which may be called more than once, and what ends the job. */
  function take(row: StoredJob) {
    const org = orgKeyOf(row)
    const own = ofOrg.get(org) ?? { places: 0, jobs: 0 }
    ofOrg.set(org, own)
    change(own, 1, 1)
    let hasPlace = true

    function leave(): void {
      if (hasPlace) change(own, -1, 0)
      hasPlace = false
    }

    function end(): void {
      leave()
      change(own, 0, -1)
      if (own.jobs === 0) ofOrg.delete(org)
    }

    return { leave, end }
  }

  function change(own: Count, places: number, jobs: number): void {
    for (const count of [all, own]) {
      count.places += places
      count.jobs += jobs
    }
  }

  return {
    take,
    used: (max: number) => usedOf(all, max),
    usedByOrg: (max: number) => new Map([...ofOrg].map(([org, count]) => [org, usedOf(count, max)])),
  }
}

/** How many of `max` places no other job can have. */
function usedOf({ places, jobs }: Count, max: number): number {
  return Math.max(places, jobs - max)
}
