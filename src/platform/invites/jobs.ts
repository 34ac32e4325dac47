import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { defineJob, GiveUp, type Job, type JobRun } from '#jobs/job.ts'
import { INVITE_MAIL_KIND, type InviteMail, markMailDelayed, markMailFailed, sendInviteMail } from './invite-mail.ts'

/** Over two hours: longer than a relay's restart, and than the greylisting (RFC 6647) of the first mail to a host. */
const ATTEMPTS_MAX = 12

type Payload = Readonly<{ inviteId: number; token: string }>

const inviteMailJob = defineJob<Context, Payload>({
  kind: INVITE_MAIL_KIND,
  lane: 'outbound',
  attemptsMax: ATTEMPTS_MAX,
  parse: parsePayload,
  async run(ctx, job) {
    const mail = mailOf(job)
    try {
      await sendInviteMail(ctx, mail, { messageId: job.id })
    } catch (error) {
      if (error instanceof AppError) await markMailDelayed(ctx, mail, error.message)
      throw error
    }
  },
  async onGivenUp(ctx, job, error) {
    const mail = mailOf(job)
    // Any other error may speak of the program's insides.
    const isShown = error instanceof AppError || error instanceof GiveUp
    const words = isShown ? error.message : 'The mail could not be sent.'
    await markMailFailed(ctx, { orgId: mail.orgId, actor: { kind: 'job', jobId: job.id } }, mail, words)
  },
})

/** What the clock does for this room. */
export const invitesJobs: readonly Job<Context>[] = [inviteMailJob]

function mailOf(job: JobRun<Payload>): InviteMail {
  if (job.orgId === undefined) throw new Error('the mail of an invitation belongs to an org')
  return { orgId: job.orgId, ...job.payload }
}

function parsePayload(stored: unknown): Payload {
  if (typeof stored === 'object' && stored !== null && 'inviteId' in stored && 'token' in stored) {
    const { inviteId, token } = stored
    if (typeof inviteId === 'number' && typeof token === 'string') return { inviteId, token }
  }
  throw new Error('the payload of an invitation mail is not readable')
}
