import { addMs } from '#lib/clock.ts'
import type { StoredJob } from './queue.ts'

/** As little of a job that waits as it takes to ask for it. */
export type Sighted = Pick<StoredJob, 'id' | 'orgId'>

export type Sightings = ReturnType<typeof createSightings>

/** So soon is an org that was not seen yet looked for, while those that were seen fill every place. */
const KEPT_MS = 500

/**
 * Jobs that a worker saw when it looked for others, in the order in which it saw them: where very many wait, a look takes longer
 * than all that follows. Whether one can still be taken is seen when it is.
 */
export function createSightings() {
  const rows = new Map<string, Sighted>()
  let until: Date | undefined

  function forget(): void {
    rows.clear()
    until = undefined
  }

  /** Offers them one after the other; one that is picked up is known no more. */
  function offer(now: Date, pickUp: (row: Sighted) => boolean): void {
    if (until === undefined || now >= until) forget()
    for (const row of rows.values()) if (pickUp(row)) rows.delete(row.id)
  }

  function add(now: Date, more: readonly Sighted[]): void {
    if (more.length === 0) return
    until ??= addMs(now, KEPT_MS)
    for (const row of more) rows.set(row.id, row)
  }

  return { offer, add, forget }
}
