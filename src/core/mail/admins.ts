import { listAdminIds } from '#core/access/last-admin.ts'
import type { Context } from '#core/context.ts'
import type { Tx } from '#db/database.ts'
import { NOTICE_MAIL_KIND } from './jobs.ts'
import type { Notice } from './notice.ts'

/** An org may have more admins; the first of them are enough to hear of it. */
export const NOTIFIED_ADMINS_MAX = 50

/**
 * Tells the admins of an org something by mail, in the transaction of what happened: one job for each active holder of
 * `org.admin`, by role or by a group, those who joined first when there are many. Comes back with how many that are. The mails
 * go through the org's relay or else the platform's; without either they are dropped when their turn comes.
 */
export async function enqueueAdminMail(
  ctx: Pick<Context, 'jobs'>,
  tx: Tx,
  orgId: number,
  notice: Notice,
): Promise<number> {
  const { subject, lines, linkPath } = notice
  const adminIds = await listAdminIds(tx, orgId, NOTIFIED_ADMINS_MAX)
  for (const adminId of adminIds) {
    const payload = { user_id: adminId, subject, lines, link_path: linkPath }
    await ctx.jobs.enqueue(tx, { kind: NOTICE_MAIL_KIND, orgId, payload })
  }
  return adminIds.length
}
