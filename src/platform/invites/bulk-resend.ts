import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { lockRow } from '#db/database.ts'
import { addMs, SECOND_MS } from '#lib/clock.ts'
import { inParallel } from '#lib/parallel.ts'
import { type ClosedStatus, requireBatch, statusesOf } from './batch.ts'
import { markMailFailed } from './invite-mail.ts'
import { type RenewedInvite, renewInvite, sendNow } from './resend.ts'

const SENT_AT_ONCE = 8
/** Together with the last 5 s try it ends well before a proxy or a browser gives up on the answer. */
const BATCH_MS = 40 * SECOND_MS
const TOO_SLOW = 'The mail server took too long for the whole list. Send this one again.'

export type SkippedResend = Readonly<{ id: number; reason: ClosedStatus | 'send_failed' }>

/** In the order of the ids asked for; ids that are not the org's are in neither list. */
export type BulkResend = Readonly<{ requested: number; sent: readonly number[]; skipped: readonly SkippedResend[] }>

/**
 * Sends up to 200 open invitations again, each with a new link: 8 at a time, at most 5 s each and 40 s in all; what fails
 * holds up nothing else and keeps the server's words. Without a relay nothing is touched, and each open one is
 * `send_failed`: links already passed on stay good. For `invite.edit`. Errors as `revokeInvites`.
 */
export async function resendInvites(ctx: Context, scope: Scope, ids: readonly number[]): Promise<BulkResend> {
  const wanted = requireBatch(ids)
  const reasons = new Map<number, SkippedResend['reason']>()
  const isMailed = await ctx.mail.isConfigured(scope.orgId)
  const renewed = isMailed ? await renewAll(ctx, scope, wanted) : []
  const deadline = addMs(ctx.clock.now(), BATCH_MS)
  const results = await inParallel(renewed, SENT_AT_ONCE, (one) => isSent(ctx, scope, one, deadline))
  const tried = new Map(renewed.map(({ mail }, at) => [mail.inviteId, results[at] === true]))
  const others = wanted.filter((id) => !tried.has(id))
  for (const [id, status] of await statusesOf(ctx.db, scope, others, ctx.clock.now())) {
    reasons.set(id, status === 'pending' ? 'send_failed' : status)
  }
  for (const [id, hasGone] of tried) if (!hasGone) reasons.set(id, 'send_failed')
  return {
    requested: wanted.length,
    sent: wanted.filter((id) => tried.get(id) === true),
    skipped: wanted.flatMap((id) => {
      const reason = reasons.get(id)
      return reason === undefined ? [] : [{ id, reason }]
    }),
  }
}

/** New links for the open ones among them, the jobs that look after their mails, and one line of the log: all or nothing. */
async function renewAll(ctx: Context, scope: Scope, wanted: readonly number[]): Promise<RenewedInvite[]> {
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, scope.orgId)
    const renewed: RenewedInvite[] = []
    for (const id of wanted.toSorted((a, b) => a - b)) {
      const one = await renewInvite(ctx, tx, scope, { id, isMailed: true })
      if (one) renewed.push(one)
    }
    if (renewed.length > 0) {
      const detail = { requested: wanted.length, resent: renewed.length }
      const inviteIds = renewed.map(({ mail }) => mail.inviteId)
      await record(ctx, tx, scope, 'invite.bulk_resent', { ...detail, invite_ids: inviteIds })
    }
    return renewed
  })
}

async function isSent(ctx: Context, scope: Scope, renewed: RenewedInvite, deadline: Date): Promise<boolean> {
  const { mail, messageId } = renewed
  try {
    if (messageId !== undefined && ctx.clock.now() < deadline) {
      return (await sendNow(ctx, scope, mail, messageId)) === undefined
    }
    await markMailFailed(ctx, scope, mail, TOO_SLOW)
  } catch (error) {
    // The job of this mail looks after it in a minute; the rest of the list goes on.
    ctx.log.error('an invitation could not be sent again', { invite_id: mail.inviteId, error })
  }
  return false
}
