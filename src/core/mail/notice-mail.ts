import { and, eq } from 'drizzle-orm'
import { isAdmin } from '#core/access/last-admin.ts'
import type { Context } from '#core/context.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import type { Notice } from './notice.ts'

/** A notice as its job keeps it: for one admin. */
export type StoredNotice = Notice & Readonly<{ userId: number }>

/** Sends a notice to one admin of an org; nothing happens where no mail can leave. Throws what `ctx.mail.send` throws. */
export async function sendNotice(ctx: Context, orgId: number, notice: StoredNotice, messageId: string): Promise<void> {
  const to = await findAdmin(ctx, orgId, notice.userId)
  if (!to || !(await ctx.mail.isConfigured(orgId))) return
  const { subject, lines, linkPath } = notice
  const props = { orgName: to.orgName, subject, lines, url: `${ctx.config.publicUrl}${linkPath}` }
  await ctx.mail.send({ template: 'notice', props, to: to.email, orgId, messageId })
}

/** The payload of its job; throws for any other. */
export function readNotice(stored: unknown): StoredNotice {
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
