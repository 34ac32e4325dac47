import { and, asc, eq, lte, ne } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { lockRow, type Tx } from '#db/database.ts'
import { nextCronTime } from '#lib/cron.ts'
import { addBackup } from './begin.ts'
import { backupSettings, backups, restores } from './tables.ts'

/** Scheduled backups at once on the whole install: the queue has other work, too. Who waits is next when one ends. */
export const SCHEDULED_AT_ONCE_MAX = 2

export type Timing = Readonly<Pick<typeof backupSettings.$inferSelect, 'frequency' | 'hour' | 'weekday'>>

/** When the next scheduled backup is due after an instant (UTC); null without a schedule. */
export function nextDue({ frequency, hour, weekday }: Timing, after: Date): Date | null {
  if (frequency === 'off') return null
  return nextCronTime(`0 ${hour} * * ${frequency === 'weekly' ? weekday : '*'}`, after)
}

/**
 * Begins the backups that are due, those that waited longest first, as many as may run at once. An org that is being backed up or
 * restored stays due. What was missed while no node ran is made up for once. For the clock.
 */
export async function beginDue(ctx: Context): Promise<number> {
  const now = ctx.clock.now()
  const due = await ctx.db
    .select({ orgId: backupSettings.orgId })
    .from(backupSettings)
    .where(and(ne(backupSettings.frequency, 'off'), lte(backupSettings.nextRunAt, now)))
    .orderBy(asc(backupSettings.nextRunAt))
  let begun = 0
  for (const { orgId } of due) {
    if ((await countScheduled(ctx)) >= SCHEDULED_AT_ONCE_MAX) break
    if (await ctx.db.transaction((tx) => begin(ctx, tx, orgId, now))) begun += 1
  }
  return begun
}

/** False when another node was first, or the org is busy. */
async function begin(ctx: Context, tx: Tx, orgId: number, now: Date): Promise<boolean> {
  await lockRow(tx, orgs, orgId)
  const isDue = and(eq(backupSettings.orgId, orgId), lte(backupSettings.nextRunAt, now))
  const [settings] = await tx.select().from(backupSettings).where(isDue)
  if (!settings || (await isBusy(tx, orgId))) return false
  await tx
    .update(backupSettings)
    .set({ nextRunAt: nextDue(settings, now) })
    .where(isDue)
  await addBackup(ctx, tx, { orgId, kind: 'scheduled', createdBy: null })
  return true
}

async function isBusy(tx: Tx, orgId: number): Promise<boolean> {
  const written = await tx.$count(backups, and(eq(backups.orgId, orgId), eq(backups.state, 'running')))
  return written > 0 || (await tx.$count(restores, and(eq(restores.orgId, orgId), eq(restores.state, 'running')))) > 0
}

async function countScheduled(ctx: Context): Promise<number> {
  return await ctx.db.$count(backups, and(eq(backups.state, 'running'), eq(backups.kind, 'scheduled')))
}
