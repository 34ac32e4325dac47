import { and, asc, eq, gte, inArray, lt, max, sql } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { dateOfMs } from '#lib/clock.ts'
import { type Band, bandOf } from './band.ts'
import { fillBuckets } from './buckets.ts'
import { ORG_COMPONENTS, type OrgComponent } from './component.ts'
import type { InstallHistory } from './install-history.ts'
import { orgPieces } from './pieces.ts'
import { HISTORY_ROW } from './series.ts'
import { healthSamples } from './tables.ts'

/** How the parts of an org were over the time of the install's history. One statement. */
export async function readOrgHistory(
  ctx: Pick<Context, 'db'>,
  orgId: number,
  { grid, nowMs, known }: Pick<InstallHistory, 'grid' | 'nowMs' | 'known'>,
): Promise<ReadonlyMap<OrgComponent, Band>> {
  const rows = await readRows(ctx, orgId, grid.fromMs)
  const bands = new Map<OrgComponent, Band>()
  for (const component of ORG_COMPONENTS) {
    const own = rows.filter((row) => row.component === component)
    const pieces = orgPieces(own, { fromMs: grid.fromMs, toMs: nowMs }, known)
    bands.set(component, bandOf(fillBuckets(pieces, grid), grid, nowMs))
  }
  return bands
}

/** Those that begin in the time, and of each component the last one before. */
async function readRows({ db }: Pick<Context, 'db'>, org: number, fromMs: number) {
  const { orgId, component, at, id } = healthSamples
  const from = dateOfMs(fromMs)
  const isOwn = and(eq(orgId, org), inArray(component, [...ORG_COMPONENTS]))
  const former = db
    .select({ component, at: max(at).as('former_at') })
    .from(healthSamples)
    .where(and(isOwn, lt(at, from)))
    .groupBy(component)
    .as('former')
  return await db
    .select({ component, ...HISTORY_ROW })
    .from(healthSamples)
    .leftJoin(former, eq(former.component, component))
    .where(and(isOwn, gte(at, sql`coalesce(${former.at}, ${sql.param(from, at)})`)))
    .orderBy(asc(at), asc(id))
}
