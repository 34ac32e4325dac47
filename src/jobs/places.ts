import type { StoredJob } from './queue.ts'

/** Jobs of the whole install share what one org may have. */
export const NO_ORG = 0

/** What an org's jobs are counted under. */
export function orgKeyOf({ orgId }: Pick<StoredJob, 'orgId'>): number {
  return orgId ?? NO_ORG
}

/** The places of a worker that are taken, and how many of them by jobs of each org. */
export function createPlaces() {
  const ofOrg = new Map<number, number>()
  let taken = 0

  /** Comes back with what leaves the place, which may be called more than once. */
  function take(row: StoredJob): () => void {
    const org = orgKeyOf(row)
    let isTaken = true
    taken++
    ofOrg.set(org, (ofOrg.get(org) ?? 0) + 1)
    return () => {
      if (!isTaken) return
      isTaken = false
      taken--
      const left = (ofOrg.get(org) ?? 1) - 1
      if (left > 0) ofOrg.set(org, left)
      else ofOrg.delete(org)
    }
  }

  return { ofOrg, taken: () => taken, take }
}
