import { and, inArray, lt } from 'drizzle-orm'
import { addMs, DAY_MS } from '#lib/clock.ts'
import { defineJob } from './job.ts'
import type { Schedule } from './schedule.ts'
import { jobs } from './tables.ts'
import type { WorkerContext } from './worker.ts'

export const ENDED_JOB_KEPT_MS = 7 * DAY_MS
const DELETED_AT_ONCE_MAX = 1_000

/** Deletes the rows of jobs that ended more than `ENDED_JOB_KEPT_MS` ago, some at a time so that nobody waits long. */
export const deleteEndedJobs = defineJob<WorkerContext, null>({
  kind: 'job.delete_ended',
  parse: () => null,
  async run({ db, clock }, { signal }) {
    const isOld = and(
      inArray(jobs.state, ['done', 'failed']),
      lt(jobs.finishedAt, addMs(clock.now(), -ENDED_JOB_KEPT_MS)),
    )
    while (!signal.aborted) {
      const some = db.select({ id: jobs.id }).from(jobs).where(isOld).limit(DELETED_AT_ONCE_MAX)
      const gone = await db.delete(jobs).where(inArray(jobs.id, some)).returning({ id: jobs.id })
      if (gone.length < DELETED_AT_ONCE_MAX) return
    }
    signal.throwIfAborted()
  },
})

export const DELETE_ENDED_JOBS: Schedule = { name: 'job.delete_ended', cron: '17 3 * * *', kind: deleteEndedJobs.kind }
