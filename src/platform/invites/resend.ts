import { and, eq } from 'drizzle-orm'
import { requireMayGive } from '#core/access/giving.ts'
import { permissionsOf } from '#core/access/roles.ts'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import type { Tx } from '#db/database.ts'
import { addMs, SECOND_MS } from '#lib/clock.ts'
import { type Invite, type IssuedInvite, requireInvite } from './invite.ts'
import { acceptUrl, newLink } from './invite-link.ts'
import { enqueueInviteMail, type InviteMail, markMailFailed, sendInviteMail } from './invite-mail.ts'
import { closedError, isOpen } from './invite-state.ts'
import { invites } from './tables.ts'

export const RESEND_TIMEOUT_MS = 5 * SECOND_MS
/** When the queue looks after a resend whose process died before it knew how its own try had ended. */
const SECOND_LOOK_MS = 60 * SECOND_MS

/** `sendFailed` holds the mail server's words; undefined when it took the mail, and without a relay. */
export type ResentInvite = IssuedInvite & Readonly<{ sendFailed: string | undefined }>

/** An invitation with a new link. Without a relay there is no job, and so no message. */
export type RenewedInvite = Readonly<{ mail: InviteMail; email: string; messageId: string | undefined }>

/**
 * Sends an open invitation again: a new token, the old link is gone, another 7 days. Tried at once, for at most 5 s.
 * For `invite.edit`. Errors: `not_found`; `already_accepted`, `already_revoked`, `invite_expired` (conflict).
 */
export async function resendInvite(ctx: Context, scope: Scope, id: number): Promise<ResentInvite> {
  const now = ctx.clock.now()
  const isMailed = await ctx.mail.isConfigured(scope.orgId)
  // Without a relay the new link is shown, and whoever holds it can accept it.
  if (!isMailed) requireMayGive(scope, permissionsOf((await requireInvite(ctx.db, scope, id, now)).role))
  const { mail, messageId } = await ctx.db.transaction(async (tx) => {
    const renewed = await renewInvite(ctx, tx, scope, { id, isMailed })
    if (!renewed) throw closedError((await requireInvite(tx, scope, id, now)).status)
    await record(ctx, tx, scope, 'invite.resent', { invite_id: id, email: renewed.email })
    return renewed
  })
  const sendFailed = messageId === undefined ? undefined : await sendNow(ctx, scope, mail, messageId)
  const invite: Invite = await requireInvite(ctx.db, scope, id, now)
  return { invite, sendFailed, acceptUrl: isMailed ? undefined : acceptUrl(ctx, mail.token) }
}

/** Gives an open invitation of the org a new link, with a job that looks after its mail; undefined for any other id. */
export async function renewInvite(
  ctx: Context,
  tx: Tx,
  scope: Scope,
  { id, isMailed }: Readonly<{ id: number; isMailed: boolean }>,
): Promise<RenewedInvite | undefined> {
  const { token, tokenHash, issuedAt, expiresAt } = newLink(ctx)
  const mail = { orgId: scope.orgId, inviteId: id, token }
  const mailState = isMailed ? 'queued' : 'link'
  const [row] = await tx
    .update(invites)
    .set({ tokenHash, expiresAt, mailState, mailError: null })
    .where(and(eq(invites.id, id), eq(invites.orgId, scope.orgId), isOpen(issuedAt)))
    .returning({ email: invites.email })
  if (!row) return undefined
  const secondLook = addMs(issuedAt, SECOND_LOOK_MS)
  const messageId = isMailed ? await enqueueInviteMail(ctx, tx, mail, secondLook) : undefined
  return { mail, email: row.email, messageId }
}

/** Tries for at most 5 s; answers with the words of the mail server when it did not take the mail, and keeps them. */
export async function sendNow(
  ctx: Context,
  scope: Scope,
  mail: InviteMail,
  messageId: string,
): Promise<string | undefined> {
  try {
    await sendInviteMail(ctx, mail, { messageId, timeoutMs: RESEND_TIMEOUT_MS })
    return undefined
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    await markMailFailed(ctx, scope, mail, error.message)
    return error.message
  }
}
