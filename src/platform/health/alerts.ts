import { and, eq, sql } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { smtpSettings } from '#core/mail/tables.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { prepared, type Tx } from '#db/database.ts'
import { healthSettings } from './tables.ts'

export type Alerts = Readonly<{ isAlerting: boolean }>

/** Whether the org's admins get mails about the health; not unless one of them asked for it. For `health.read`. */
export async function findAlerts(
  { db, mail }: Pick<Context, 'db' | 'mail'>,
  { orgId }: Pick<Scope, 'orgId'>,
): Promise<Alerts & Readonly<{ canSendMail: boolean }>> {
  const query = prepared(db, 'health_alerts', (orm) =>
    orm
      .select({ isAlerting: healthSettings.isAlerting, relay: smtpSettings.orgId })
      .from(orgs)
      .leftJoin(healthSettings, eq(healthSettings.orgId, orgs.id))
      .leftJoin(smtpSettings, eq(smtpSettings.orgId, orgs.id))
      .where(eq(orgs.id, sql.placeholder('orgId'))),
  )
  const [row] = await query.execute({ orgId })
  return { isAlerting: row?.isAlerting ?? false, canSendMail: mail.hasPlatformRelay || Boolean(row?.relay) }
}

/** Switches the mails on or off; what is so already is no change, and no event. For `org.admin`. */
export async function changeAlerts(ctx: Context, scope: Scope, { isAlerting }: Alerts): Promise<Alerts> {
  await ctx.db.transaction(async (tx) => {
    const isChanged = isAlerting ? await switchOn(ctx, tx, scope.orgId) : await switchOff(ctx, tx, scope.orgId)
    if (isChanged) await record(ctx, tx, scope, 'health.alerts_changed', { is_alerting: isAlerting })
  })
  return { isAlerting }
}

async function switchOn({ clock }: Pick<Context, 'clock'>, tx: Tx, orgId: number): Promise<boolean> {
  const set = { isAlerting: true, updatedAt: clock.now() }
  const changed = await tx
    .insert(healthSettings)
    .values({ orgId, ...set })
    .onConflictDoUpdate({ target: healthSettings.orgId, set, setWhere: eq(healthSettings.isAlerting, false) })
    .returning({ orgId: healthSettings.orgId })
  return changed.length > 0
}

async function switchOff({ clock }: Pick<Context, 'clock'>, tx: Tx, orgId: number): Promise<boolean> {
  const changed = await tx
    .update(healthSettings)
    .set({ isAlerting: false, updatedAt: clock.now() })
    .where(and(eq(healthSettings.orgId, orgId), eq(healthSettings.isAlerting, true)))
    .returning({ orgId: healthSettings.orgId })
  return changed.length > 0
}
