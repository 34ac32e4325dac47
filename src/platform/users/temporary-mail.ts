import { and, eq, gt } from 'drizzle-orm'
import type { AuditSubject } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { findMailOrg } from '#core/mail/mail-org.ts'
import { users } from '#core/tenancy/tables.ts'
import type { Tx } from '#db/database.ts'
import { type Account, findAccount } from './account.ts'
import { recordForAccount } from './account-log.ts'

export const TEMPORARY_MAIL_KIND = 'user.temporary-password-mail'

/** A temporary password that has to reach its person. `version` is the account's since: anything that came later makes it void. */
export type TemporaryMail = Readonly<{ userId: number; version: number; password: string; resetBy: string }>

/** Hands the mail to the queue; its payload is sealed, and erased when the job ends. */
export async function enqueueTemporaryMail(ctx: Context, tx: Tx, account: Account, mail: TemporaryMail): Promise<void> {
  const { orgId } = account.mail
  const job = { kind: TEMPORARY_MAIL_KIND, payload: mail, isSecret: true, ...(orgId !== undefined && { orgId }) }
  await ctx.jobs.enqueue(tx, job)
}

/** Sends the mail if its password still opens the account. Throws what `ctx.mail.send` throws. */
export async function sendTemporaryMail(ctx: Context, mail: TemporaryMail, messageId: string): Promise<void> {
  const [due] = await ctx.db
    .select({ email: users.email, expiresAt: users.passwordExpiresAt })
    .from(users)
    .where(isDue(ctx, mail))
  if (!due?.expiresAt) return
  const orgId = await findMailOrg(ctx.db, mail.userId)
  const { password, resetBy } = mail
  const signInUrl = `${ctx.config.publicUrl}/login`
  const props = { password, resetBy, signInUrl, expiresAt: due.expiresAt }
  await ctx.mail.send({ template: 'temporary-password', props, to: due.email, orgId, messageId })
}

/**
 * Nobody tries any more, so nobody will ever know the password: its time ends now, which the list of users shows, and the log
 * keeps the words. However often this is called, there is one line.
 */
export async function giveUpTemporaryMail(
  ctx: Context,
  subject: AuditSubject,
  mail: TemporaryMail,
  words: string,
): Promise<void> {
  const account = await findAccount(ctx.db, mail.userId)
  if (!account) return
  await ctx.db.transaction(async (tx) => {
    const [row] = await tx
      .update(users)
      .set({ passwordExpiresAt: ctx.clock.now() })
      .where(isDue(ctx, mail))
      .returning({ email: users.email })
    if (!row) return
    const detail = { user_id: mail.userId, email: row.email, error: words }
    await recordForAccount(ctx, tx, subject, account, 'password.mail_failed', detail)
  })
}

function isDue(ctx: Context, { userId, version }: TemporaryMail) {
  return and(
    eq(users.id, userId),
    eq(users.isActive, true),
    eq(users.tokenVersion, version),
    gt(users.passwordExpiresAt, ctx.clock.now()),
  )
}
