import { and, eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import type { Tx } from '#db/database.ts'

export const DISABLED_MAIL_KIND = 'webhook.disabled-mail'
const ADMINS_MAX = 50

export type DisabledMail = Readonly<{ webhookId: number; userId: number }>

/** A mail to each admin of the org who can sign in, in the transaction that disables the webhook. Without a relay there is none. */
export async function enqueueDisabledMails(
  ctx: Context,
  tx: Tx,
  { orgId, webhookId }: Readonly<{ orgId: number; webhookId: number }>,
): Promise<void> {
  if (!ctx.mail.isConfigured) return
  const admins = await tx
    .select({ userId: users.id })
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(eq(userOrgs.orgId, orgId), eq(userOrgs.role, 'admin'), eq(users.isActive, true)))
    .orderBy(userOrgs.id)
    .limit(ADMINS_MAX)
  for (const { userId } of admins) {
    await ctx.jobs.enqueue(tx, { kind: DISABLED_MAIL_KIND, orgId, payload: { webhookId, userId } })
  }
}

/** Sends one of them, while the webhook is still disabled and its reader still an admin. Throws what `ctx.mail.send` throws. */
export async function sendDisabledMail(ctx: Context, mail: DisabledMail, messageId: string): Promise<void> {
  const [due] = await ctx.db
    .select({ email: users.email, orgName: orgs.name, url: webhooks.url, reason: webhooks.disabledReason })
    .from(webhooks)
    .innerJoin(orgs, eq(orgs.id, webhooks.orgId))
    .innerJoin(userOrgs, and(eq(userOrgs.orgId, webhooks.orgId), eq(userOrgs.role, 'admin')))
    .innerJoin(users, and(eq(users.id, userOrgs.userId), eq(users.isActive, true)))
    .where(and(eq(webhooks.id, mail.webhookId), eq(users.id, mail.userId), eq(webhooks.isActive, false)))
  if (!due?.reason) return
  const { email, orgName, url, reason } = due
  const pageUrl = `${ctx.config.publicUrl}/webhooks/${mail.webhookId}`
  await ctx.mail.send({
    ...{ template: 'webhook-disabled', props: { orgName, url, reason, pageUrl } },
    ...{ to: email, orgName, messageId },
  })
}
