import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { defineJob, GiveUp, type Job } from '#jobs/job.ts'
import { giveUpTemporaryMail, sendTemporaryMail, TEMPORARY_MAIL_KIND, type TemporaryMail } from './temporary-mail.ts'

/** Over two hours, as for an invitation: longer than a relay's restart, and than greylisting (RFC 6647). */
const ATTEMPTS_MAX = 12

const temporaryMailJob = defineJob<Context, TemporaryMail>({
  kind: TEMPORARY_MAIL_KIND,
  lane: 'outbound',
  attemptsMax: ATTEMPTS_MAX,
  parse: parsePayload,
  run: (ctx, job) => sendTemporaryMail(ctx, job.payload, job.id),
  async onGivenUp(ctx, job, error) {
    // Any other error may speak of the program's insides.
    const isShown = error instanceof AppError || error instanceof GiveUp
    const words = isShown ? error.message : 'The mail could not be sent.'
    await giveUpTemporaryMail(ctx, { actor: { kind: 'job', jobId: job.id } }, job.payload, words)
  },
})

/** What the clock does for this room. */
export const usersJobs: readonly Job<Context>[] = [temporaryMailJob]

function parsePayload(stored: unknown): TemporaryMail {
  const payload = typeof stored === 'object' && stored !== null ? stored : {}
  if ('userId' in payload && 'version' in payload && 'password' in payload && 'resetBy' in payload) {
    const { userId, version, password, resetBy } = payload
    const isNumbered = typeof userId === 'number' && typeof version === 'number'
    if (isNumbered && typeof password === 'string' && typeof resetBy === 'string') {
      return { userId, version, password, resetBy }
    }
  }
  throw new Error('the payload of a mail with a temporary password is not readable')
}
