import type { StoredJob } from './queue.ts'

/** Jobs of the whole install share what one org may have. */
export const NO_ORG = 0

/** What an org's jobs are counted under. */
export function orgKeyOf({ orgId }: Pick<StoredJob, 'orgId'>): number {
  return orgId ?? NO_ORG
}

/** How many jobs of each org run in a worker now. */
export function createOrgLoad() {
  const counts = new Map<number, number>()

  function add(row: StoredJob) {
    const org = orgKeyOf(row)
    counts.set(org, (counts.get(org) ?? 0) + 1)
  }

  function remove(row: StoredJob) {
    const org = orgKeyOf(row)
    const left = (counts.get(org) ?? 1) - 1
    if (left > 0) counts.set(org, left)
    else counts.delete(org)
  }

  return { counts, add, remove }
}
