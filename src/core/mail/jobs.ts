import { and, eq } from 'drizzle-orm'
import { isAdmin } from '#core/access/last-admin.ts'
import type { Context } from '#core/context.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { defineJob, type Job } from '#jobs/job.ts'
import type { Notice } from './notice.ts'

export const NOTICE_MAIL_KIND = 'notice.mail'

/** Over two hours, as for an invitation: longer than a relay's restart, and than greylisting (RFC 6647). */
const ATTEMPTS_MAX = 12

type Payload = Notice & Readonly<{ userId: number }>

const noticeMailJob = defineJob<Context, Payload>({
  kind: NOTICE_MAIL_KIND,
  attemptsMax: ATTEMPTS_MAX,
  parse: parsePayload,
  async run(ctx, job) {
    const { orgId, payload } = job
    if (orgId === undefined) throw new Error('the mail of a notice belongs to an org')
    const to = await findAdmin(ctx, orgId, payload.userId)
    if (!to || !ctx.mail.isConfigured) return
    const { subject, lines, linkPath } = payload
    const props = { orgName: to.orgName, subject, lines, url: `${ctx.config.publicUrl}${linkPath}` }
    await ctx.mail.send({ template: 'notice', props, to: to.email, orgName: to.orgName, messageId: job.id })
  },
})

/** What the queue does for mails that belong to no room. */
export const mailJobs: readonly Job<Context>[] = [noticeMailJob]

/** Whoever was an admin when it happened, and is none any more, hears nothing of it. */
async function findAdmin(ctx: Context, orgId: number, userId: number) {
  const [row] = await ctx.db
    .select({ email: users.email, orgName: orgs.name })
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .innerJoin(orgs, eq(orgs.id, userOrgs.orgId))
    .where(and(eq(userOrgs.orgId, orgId), eq(users.id, userId), eq(users.isActive, true), isAdmin(ctx.db)))
  return row
}

function parsePayload(stored: unknown): Payload {
  const payload = typeof stored === 'object' && stored !== null ? stored : {}
  if ('user_id' in payload && 'subject' in payload && 'lines' in payload && 'link_path' in payload) {
    const { user_id: userId, subject, lines, link_path: linkPath } = payload
    const isNamed = typeof userId === 'number' && typeof subject === 'string' && typeof linkPath === 'string'
    if (isNamed && Array.isArray(lines) && lines.every((line) => typeof line === 'string')) {
      return { userId, subject, lines, linkPath }
    }
  }
  throw new Error('the payload of a notice is not readable')
}
