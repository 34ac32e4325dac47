import type { Tx } from '#db/database.ts'
import { gathering } from '#lib/gathering.ts'
import { type Ending, writeEnding, writeEndings } from './finish.ts'
import type { WorkerContext } from './worker.ts'

/** How long ends gather before they are written: less than a caller notices, and enough for many while there is much to do. */
const GATHER_MS = 2

type Part<T> = Readonly<{ ending: Ending; value: T }>
type Write<C, T> = (ctx: C, tx: Tx, values: readonly T[]) => Promise<unknown>

/**
 * Writes what a job did and its end, together with those of other jobs that end in the same few milliseconds: one transaction
 * for all, and each caller waits for its commit. When that fails, be it for one row or for one lost lease, nothing of it stays
 * and each is written in a transaction of its own, so that only who is to blame hears of it. Throws when the lease is lost.
 */
export function groupCommit<C extends WorkerContext, T>(write: Write<C, T>): (ctx: C, part: Part<T>) => Promise<void> {
  return gathering(GATHER_MS, (ctx: C, parts: readonly Part<T>[]) => {
    if (parts.length === 1) return (part) => writeAlone(ctx, write, part)
    const isWritten = writeTogether(ctx, write, parts)
    return async (part) => {
      if (!(await isWritten)) await writeAlone(ctx, write, part)
    }
  })
}

async function writeTogether<C extends WorkerContext, T>(ctx: C, write: Write<C, T>, parts: readonly Part<T>[]) {
  const endings = parts.map(({ ending }) => ending)
  const values = parts.map(({ value }) => value)
  try {
    // Sent together, PostgreSQL takes them in one turn.
    await ctx.db.transaction((tx) => Promise.all([writeEndings(tx, endings), write(ctx, tx, values)]))
    return true
  } catch (error) {
    ctx.log.warn('jobs that ended together are written one by one', { jobs: parts.length, error })
    return false
  }
}

async function writeAlone<C extends WorkerContext, T>(ctx: C, write: Write<C, T>, { ending, value }: Part<T>) {
  await ctx.db.transaction((tx) => Promise.all([writeEnding(tx, ending), write(ctx, tx, [value])]))
}
