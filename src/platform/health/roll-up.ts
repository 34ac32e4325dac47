import { and, eq, exists, gt, isNotNull, isNull, lt, or } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Context } from '#core/context.ts'
import { dateOfMs } from '#lib/clock.ts'
import { endOfTurn } from '#lib/turn.ts'
import { INSTALL_COMPONENTS } from './component.ts'
import { cutsAt } from './cuts.ts'
import { rollUpInstall } from './install-roll-up.ts'
import { listDueSeries, rollUpOrg } from './org-roll-up.ts'
import { healthSamples } from './tables.ts'

/**
 * Keeps samples for a day, hours for a month and days for a year, so that no component ever has more than `ROWS_MAX` rows. Orgs
 * come first: what is unknown of them is what the install's finer rows do not know. For the job of every hour.
 */
export async function rollUpHistory(ctx: Context, signal: AbortSignal): Promise<void> {
  const cuts = cutsAt(ctx.clock.now())
  for (const series of await listDueSeries(ctx.db, cuts)) {
    signal.throwIfAborted()
    await ctx.db.transaction((tx) => rollUpOrg(tx, series, cuts))
    await endOfTurn()
  }
  for (const component of INSTALL_COMPONENTS) {
    signal.throwIfAborted()
    await ctx.db.transaction((tx) => rollUpInstall(tx, component, cuts))
    await endOfTurn()
  }
  await deleteOld(ctx, dateOfMs(cuts.yearMs))
}

/** Of an org's component the newest of the old rows stays: its state may hold to this day. */
async function deleteOld({ db }: Pick<Context, 'db'>, before: Date): Promise<void> {
  const later = alias(healthSamples, 'later')
  const hasLater = db
    .select({ id: later.id })
    .from(later)
    .where(
      and(
        eq(later.orgId, healthSamples.orgId),
        eq(later.component, healthSamples.component),
        ...[gt(later.at, healthSamples.at), lt(later.at, before)],
      ),
    )
  const isInstalls = isNull(healthSamples.orgId)
  await db
    .delete(healthSamples)
    .where(and(lt(healthSamples.at, before), or(isInstalls, and(isNotNull(healthSamples.orgId), exists(hasLater)))))
}
