import type { Context } from '#core/context.ts'
import { defineJob, type Job } from '#jobs/job.ts'
import { readNotice, type StoredNotice, sendNotice } from './notice-mail.ts'

export const NOTICE_MAIL_KIND = 'notice.mail'

/** Over two hours, as for an invitation: longer than a relay's restart, and than greylisting (RFC 6647). */
const ATTEMPTS_MAX = 12

const noticeMailJob = defineJob<Context, StoredNotice>({
  kind: NOTICE_MAIL_KIND,
  lane: 'outbound',
  attemptsMax: ATTEMPTS_MAX,
  parse: readNotice,
  async run(ctx, job) {
    if (job.orgId === undefined) throw new Error('the mail of a notice belongs to an org')
    await sendNotice(ctx, job.orgId, job.payload, job.id)
  },
})

/** What the queue does for mails that belong to no room. */
export const mailJobs: readonly Job<Context>[] = [noticeMailJob]
