import type { Tx } from '#db/database.ts'
import { deleteJob, deleteJobs, type Lease } from './lease.ts'

const LOST = 'the job went to another worker'

/** The end of one attempt at a job, for a handler that writes it in a transaction of its own. */
export type Ending = { readonly lease: Lease; isWritten: boolean }

export function endingOf(lease: Lease): Ending {
  return { lease, isWritten: false }
}

/** Takes the row of a job away, as a part of `tx`. Throws when the lease is lost. */
export async function writeEnding(tx: Tx, ending: Ending): Promise<void> {
  if (!(await deleteJob(tx, ending.lease))) throw new Error(LOST)
  ending.isWritten = true
}

/** The same of several jobs in one statement. Throws when the lease of any of them is lost. */
export async function writeEndings(tx: Tx, endings: readonly Ending[]): Promise<void> {
  const gone = await deleteJobs(
    tx,
    endings.map(({ lease }) => lease),
  )
  if (gone < endings.length) throw new Error(LOST)
  for (const ending of endings) ending.isWritten = true
}
