import type { Tx } from '#db/database.ts'
import { deleteJob, type Lease } from './lease.ts'

/** How a handler ends its job in its own transaction, and whether it did. */
export type Finish = Readonly<{ finish: (tx: Tx) => Promise<void>; hasFinished: () => boolean }>

export function finishOf(lease: Lease): Finish {
  let isCalled = false

  async function finish(tx: Tx) {
    if (!(await deleteJob(tx, lease))) throw new Error('the job went to another worker')
    isCalled = true
  }

  return { finish, hasFinished: () => isCalled }
}
