import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { defineJob, GiveUp, type Job, type JobRun } from '#jobs/job.ts'
import type { Schedule } from '#jobs/schedule.ts'
import { MINUTE_MS } from '#lib/clock.ts'
import { DISCARD_KIND, discardFile } from './discard.ts'
import { exclusiveJobs } from './exclusive-jobs.ts'
import { fileJobs } from './file-jobs.ts'
import { attemptOf, idIn, parseDiscarded, parseProof } from './payload.ts'
import { listUnproven, PROVE_KIND } from './proof-request.ts'
import { prove } from './proving.ts'
import { beginDue } from './schedule.ts'
import { subjectOf } from './subject.ts'
import { UPLOAD_KIND, uploadBackup } from './upload.ts'
import { failUpload, noteUploadTrouble } from './upload-failure.ts'

const BEGIN_DUE_KIND = 'backup.begin-due'
const PROVE_ALL_KIND = 'backup.prove-all'
/** Over four hours: longer than an object store's bad hour. */
const UPLOAD_ATTEMPTS_MAX = 10

const proveJob = defineJob<Context, ReturnType<typeof parseProof>>({
  kind: PROVE_KIND,
  attemptsMax: 3,
  parse: parseProof,
  async run(ctx, job) {
    const { scope, signal } = attemptOf(job)
    const found = { ...job.payload, orgId: scope.orgId }
    const { actor } = await subjectOf(ctx, found, scope.actor)
    await prove(ctx, found, actor, signal)
  },
})

/** One after the other: a proof reads and writes a whole org, and it is night. */
const proveAllJob = defineJob<Context, null>({
  kind: PROVE_ALL_KIND,
  parse: () => null,
  async run(ctx, { id, signal }) {
    for (const backup of await listUnproven(ctx)) {
      signal.throwIfAborted()
      await prove(ctx, backup, { kind: 'job', jobId: id }, signal)
    }
  },
})

const uploadJob = defineJob<Context, number>({
  kind: UPLOAD_KIND,
  attemptsMax: UPLOAD_ATTEMPTS_MAX,
  backoffMs: (attempt) => Math.min(2 ** (attempt - 1), 60) * MINUTE_MS,
  parse: (stored) => idIn(stored, 'backupId'),
  async run(ctx, job) {
    const place = placeOf(job)
    try {
      await uploadBackup(ctx, place, job.signal)
    } catch (error) {
      if (!job.signal.aborted) await noteUploadTrouble(ctx, place, error)
      // An address that must not be called is none the next time either.
      if (error instanceof AppError && error.kind === 'invalid') throw new GiveUp(error.message, { cause: error })
      throw error
    }
  },
  onGivenUp: async (ctx, job, error) => await failUpload(ctx, placeOf(job), attemptOf(job).scope.actor, error),
})

const discardJob = defineJob<Context, Readonly<{ slug: string; name: string }>>({
  kind: DISCARD_KIND,
  parse: parseDiscarded,
  run: async (ctx, job) => await discardFile(ctx, { ...job.payload, orgId: attemptOf(job).scope.orgId }),
})

const beginDueJob = defineJob<Context, null>({
  kind: BEGIN_DUE_KIND,
  parse: () => null,
  run: async (ctx) => void (await beginDue(ctx)),
})

/** What the clock and the queue do here. */
export const backupsJobs: readonly Job<Context>[] = [
  ...[proveJob, proveAllJob, uploadJob, discardJob, beginDueJob],
  ...exclusiveJobs,
  ...fileJobs,
]

export const backupsSchedules: readonly Schedule[] = [
  { name: BEGIN_DUE_KIND, cron: '* * * * *', kind: BEGIN_DUE_KIND },
  { name: PROVE_ALL_KIND, cron: '23 3 * * *', kind: PROVE_ALL_KIND },
]

function placeOf(job: JobRun<number>) {
  return { orgId: attemptOf(job).scope.orgId, id: job.payload }
}
