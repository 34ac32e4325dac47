import { and, asc, count, eq, gt, inArray, sql } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { usageLevels } from '#core/usage/tables.ts'
import { MINUTE_MS } from '#lib/clock.ts'
import { addDays, dayOf } from '#lib/day.ts'
import { measureFolder } from '#lib/folder-size.ts'
import { endOfTurn } from '#lib/turn.ts'
import { orgFolder } from './storage.ts'

const ORGS_AT_ONCE = 100
/** Nobody waits for it, so that it may take longer than a page may. */
const LIMITS = { entriesMax: 5_000_000, msMax: 5 * MINUTE_MS }

type Level = typeof usageLevels.$inferInsert

/**
 * Writes down how many active members and how much storage each org has, as the levels of the day that has ended; for the clock.
 * A second run of a day puts its own in their place. A folder that could not be read whole gets no level.
 */
export async function measureLevels(ctx: Context, signal: AbortSignal): Promise<void> {
  const day = addDays(dayOf(ctx.clock.now()), -1)
  let after: number | undefined = 0
  while (after !== undefined) {
    const ids = await someOrgs(ctx, after)
    if (ids.length > 0) await keep(ctx, await levelsOf(ctx, ids, day, signal))
    after = ids.at(-1)
    await endOfTurn()
  }
}

async function someOrgs({ db }: Context, after: number): Promise<number[]> {
  const rows = await db
    .select({ id: orgs.id })
    .from(orgs)
    .where(gt(orgs.id, after))
    .orderBy(asc(orgs.id))
    .limit(ORGS_AT_ONCE)
  return rows.map(({ id }) => id)
}

async function levelsOf(ctx: Context, ids: readonly number[], day: string, signal: AbortSignal): Promise<Level[]> {
  const members = await ctx.db
    .select({ orgId: userOrgs.orgId, value: count() })
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(inArray(userOrgs.orgId, [...ids]), eq(users.isActive, true)))
    .groupBy(userOrgs.orgId)
  const levels: Level[] = members.map(({ orgId, value }) => ({ orgId, day, kind: 'members', value }))
  for (const orgId of ids) {
    signal.throwIfAborted()
    const { bytes, files, isWhole } = await measureFolder(orgFolder(ctx, orgId), { ...LIMITS, signal })
    if (!isWhole) continue
    levels.push(
      { orgId, day, kind: 'storage_bytes', value: bytes },
      { orgId, day, kind: 'storage_files', value: files },
    )
  }
  return levels
}

async function keep({ db }: Context, levels: readonly Level[]): Promise<void> {
  if (levels.length === 0) return
  await db
    .insert(usageLevels)
    .values([...levels])
    .onConflictDoUpdate({
      target: [usageLevels.orgId, usageLevels.kind, usageLevels.day],
      set: { value: sql`excluded.value` },
    })
}
