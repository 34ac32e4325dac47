import { and, asc, desc, eq, gt, gte, isNull, lte, ne } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import { enqueueAdminMail } from '#core/mail/admins.ts'
import type { Tx } from '#db/database.ts'
import { parseDate } from '#lib/clock.ts'
import { exactTime } from '#lib/format.ts'
import { type News, newsTitle } from './news.ts'
import type { Status } from './reading.ts'
import { healthSamples, healthSettings } from './tables.ts'

const ORGS_AT_ONCE = 200

type Telling = Readonly<{ jobId: string; signal: AbortSignal }>

/**
 * Tells an org of its own parts, or every org of the install's, when it asked for it: an event, and a mail to each admin. A second
 * run tells nobody twice.
 */
export async function tellNews(ctx: Context, orgId: number | undefined, news: News, by: Telling): Promise<void> {
  const from = await findFormer(ctx, orgId, news)
  if (orgId !== undefined) {
    const [asking] = await listAsking(ctx, orgId - 1, news, 1)
    if (asking === orgId) await tellOrg(ctx, orgId, { ...news, from }, by)
    return
  }
  for (let after = 0; ; ) {
    by.signal.throwIfAborted()
    const some = await listAsking(ctx, after, news, ORGS_AT_ONCE)
    for (const each of some) await tellOrg(ctx, each, { ...news, from }, by)
    const last = some.at(-1)
    if (last === undefined || some.length < ORGS_AT_ONCE) return
    after = last
  }
}

/** Who has asked since hears nothing of the end of what he never heard the beginning of. */
async function listAsking(ctx: Context, after: number, { toldAt }: News, limit: number): Promise<number[]> {
  const askedBy = toldAt === null ? undefined : parseDate(toldAt)
  const rows = await ctx.db
    .select({ orgId: healthSettings.orgId })
    .from(healthSettings)
    .where(
      and(
        gt(healthSettings.orgId, after),
        eq(healthSettings.isAlerting, true),
        askedBy && lte(healthSettings.updatedAt, askedBy),
      ),
    )
    .orderBy(asc(healthSettings.orgId))
    .limit(limit)
  return rows.map(({ orgId }) => orgId)
}

async function tellOrg(ctx: Context, orgId: number, news: News & { from: Status }, { jobId }: Telling): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    if (await isTold(tx, orgId, news)) return
    const { component, from, to, message } = news
    const subject = { orgId, actor: { kind: 'job', jobId } } as const
    await record(ctx, tx, subject, 'health.changed', { component, from, to, message })
    await enqueueAdminMail(ctx, tx, orgId, {
      subject: newsTitle(news),
      lines: [`${newsTitle(news)}. ${message}`, `Seen at ${timeOf(news)}.`, WHY],
      linkPath: '/health',
    })
  })
}

const WHY =
  'You get this mail because the alerts of your organization are on; the page of its health switches them off.'

/** The event is the mark that it was told: it is written with the mails. */
async function isTold(tx: Tx, orgId: number, { component, to, at }: News): Promise<boolean> {
  const since = parseDate(at)
  const told = await tx
    .select({ detail: auditLog.detail })
    .from(auditLog)
    .where(and(eq(auditLog.orgId, orgId), eq(auditLog.action, 'health.changed'), since && gte(auditLog.at, since)))
  return told.some(({ detail }) => detail.component === component && detail.to === to)
}

/** What the component was before. */
async function findFormer(ctx: Context, orgId: number | undefined, { component, to, kind }: News): Promise<Status> {
  const [row] = await ctx.db
    .select({ status: healthSamples.status })
    .from(healthSamples)
    .where(
      and(
        orgId === undefined ? isNull(healthSamples.orgId) : eq(healthSamples.orgId, orgId),
        ...[eq(healthSamples.component, component), eq(healthSamples.span, 'sample'), ne(healthSamples.status, to)],
      ),
    )
    .orderBy(desc(healthSamples.at))
    .limit(1)
  return row?.status ?? (kind === 'bad' ? 'ok' : 'warn')
}

function timeOf({ at }: News): string {
  const time = parseDate(at)
  return time ? exactTime(time) : at
}
