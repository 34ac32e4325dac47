import { and, eq } from 'drizzle-orm'
import type { Role } from '#core/access/roles.ts'
import { type AuditSubject, record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { orgs, users } from '#core/tenancy/tables.ts'
import type { Tx } from '#db/database.ts'
import { sha256Hex } from '#lib/token.ts'
import { acceptUrl } from './invite-link.ts'
import { isOpen } from './invite-state.ts'
import { invites } from './tables.ts'

export const INVITE_MAIL_KIND = 'invite.mail'

/** A link that has to reach its person. The token is what tells it from the links that a resend made before or after. */
export type InviteMail = Readonly<{ orgId: number; inviteId: number; token: string }>

/** Hands the mail to the queue, not before `runAt`; answers with the job's id, which is the message's, too. */
export function enqueueInviteMail(ctx: Context, tx: Tx, mail: InviteMail, runAt?: Date): Promise<string> {
  const { orgId, inviteId, token } = mail
  const payload = { inviteId, token }
  return ctx.jobs.enqueue(tx, { kind: INVITE_MAIL_KIND, orgId, payload, isSecret: true, ...(runAt && { runAt }) })
}

/**
 * Sends the mail if it is still due: the invitation is open, the token is its newest, and nobody has settled its mail yet.
 * Marks it sent. Throws what `ctx.mail.send` throws, and then leaves the marking to its caller.
 */
export async function sendInviteMail(
  ctx: Context,
  mail: InviteMail,
  options: Readonly<{ messageId: string; timeoutMs?: number }>,
): Promise<void> {
  const due = await findDueMail(ctx, mail)
  if (!due) return
  const { email, ...props } = due
  await ctx.mail.send({
    template: 'invite',
    props: { ...props, acceptUrl: acceptUrl(ctx, mail.token) },
    to: email,
    orgId: mail.orgId,
    ...options,
  })
  await ctx.db.update(invites).set({ mailState: 'sent', mailError: null }).where(isDue(mail))
}

/** Shows the last words of the server while the queue goes on trying. */
export async function markMailDelayed(ctx: Context, mail: InviteMail, words: string): Promise<void> {
  await ctx.db.update(invites).set({ mailError: words }).where(isDue(mail))
}

/** Nobody tries any more: the row keeps the words, and the log one line, however often this is called. */
export async function markMailFailed(
  ctx: Context,
  subject: AuditSubject,
  mail: InviteMail,
  words: string,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [row] = await tx
      .update(invites)
      .set({ mailState: 'failed', mailError: words })
      .where(isDue(mail))
      .returning({ email: invites.email })
    if (!row) return
    await record(ctx, tx, subject, 'invite.mail_failed', { invite_id: mail.inviteId, email: row.email, error: words })
  })
}

type DueMail = Readonly<{ email: string; role: Role; expiresAt: Date; orgName: string; inviterName: string }>

async function findDueMail(ctx: Context, mail: InviteMail): Promise<DueMail | undefined> {
  const [row] = await ctx.db
    .select({
      email: invites.email,
      role: invites.role,
      expiresAt: invites.expiresAt,
      orgName: orgs.name,
      inviterName: users.name,
    })
    .from(invites)
    .innerJoin(orgs, eq(orgs.id, invites.orgId))
    .leftJoin(users, eq(users.id, invites.invitedBy))
    .where(and(isDue(mail), isOpen(ctx.clock.now())))
  return row && { ...row, inviterName: row.inviterName ?? row.orgName }
}

function isDue({ orgId, inviteId, token }: InviteMail) {
  return and(
    eq(invites.id, inviteId),
    eq(invites.orgId, orgId),
    eq(invites.tokenHash, sha256Hex(token)),
    eq(invites.mailState, 'queued'),
  )
}
