import type { Context } from '#core/context.ts'
import { defineJob, type Job } from '#jobs/job.ts'
import { SECOND_MS } from '#lib/clock.ts'
import { CREATE_KIND, RESTORE_KIND } from './begin.ts'
import { attemptOf, idIn } from './payload.ts'
import { failRestore } from './restore-failure.ts'
import { runRestore } from './restore-run.ts'
import { beginDue } from './schedule.ts'
import { writeBackup } from './writing.ts'
import { failBackup } from './writing-failure.ts'

/** A database that is gone for a moment passes; a disk or an org that cannot be read does not. */
const CREATE_ATTEMPTS_MAX = 3

const createJob = defineJob<Context, number>({
  kind: CREATE_KIND,
  attemptsMax: CREATE_ATTEMPTS_MAX,
  backoffMs: (attempt) => attempt * 2 * SECOND_MS,
  parse: (stored) => idIn(stored, 'backupId'),
  async run(ctx, job) {
    await writeBackup(ctx, attemptOf(job), job.payload)
    await beginDue(ctx)
  },
  onGivenUp: async (ctx, job, error) => await failBackup(ctx, attemptOf(job), job.payload, error),
})

const restoreJob = defineJob<Context, number>({
  kind: RESTORE_KIND,
  // Whoever asked for it may have gone on working meanwhile: one that a crash cut short is asked for again, or not.
  attemptsMax: 1,
  parse: (stored) => idIn(stored, 'restoreId'),
  run: async (ctx, job) => await runRestore(ctx, attemptOf(job), job.payload),
  onGivenUp: async (ctx, job, error) => await failRestore(ctx, attemptOf(job), job.payload, { error }),
})

/** What an org has only one of at a time, and so what is in the way of the next one. */
export const exclusiveJobs: readonly Job<Context>[] = [createJob, restoreJob]
