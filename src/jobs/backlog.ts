import { count, inArray, min } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import type { Clock } from '#lib/clock.ts'
import { jobs } from './tables.ts'

export type Backlog = Readonly<{
  waiting: number
  running: number
  /** Given up, and not yet deleted. */
  failed: number
  /** How long the job that has been due longest has waited; 0 when none is due. */
  oldestDueMs: number
}>

/** How much work there is, over all nodes. One statement on an index. */
export async function readBacklog({ db, clock }: Readonly<{ db: Database; clock: Clock }>): Promise<Backlog> {
  const rows = await db
    .select({ state: jobs.state, jobs: count(), dueAt: min(jobs.runAt) })
    .from(jobs)
    .where(inArray(jobs.state, ['waiting', 'running', 'failed']))
    .groupBy(jobs.state)
  const of = (state: string) => rows.find((row) => row.state === state)
  const dueAt = of('waiting')?.dueAt
  return {
    waiting: of('waiting')?.jobs ?? 0,
    running: of('running')?.jobs ?? 0,
    failed: of('failed')?.jobs ?? 0,
    oldestDueMs: dueAt ? Math.max(0, clock.now().getTime() - dueAt.getTime()) : 0,
  }
}
