import { and, asc, eq, gte, inArray, isNull, ne, or } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { DAY_MS, dateOfMs, SECOND_MS } from '#lib/clock.ts'
import { type Band, bandOf } from './band.ts'
import { fillBuckets, type Grid } from './buckets.ts'
import { type Change, listInstallChanges } from './changes.ts'
import { INSTALL_COMPONENTS, type InstallComponent } from './component.ts'
import { kept } from './kept.ts'
import { REFERENCE } from './org-roll-up.ts'
import { installPieces, KNOWN_MS, type Known, knownOf } from './pieces.ts'
import { gridOf, RANGES, type Range } from './range.ts'
import { HISTORY_ROW } from './series.ts'
import { healthSamples } from './tables.ts'

/** Samples come once a minute, so half a minute misses nothing that is older. */
const FRESH_MS = 30 * SECOND_MS

export type InstallHistory = Readonly<{
  grid: Grid
  nowMs: number
  bands: ReadonlyMap<InstallComponent, Band>
  /** When the install knew about itself. */
  known: readonly Known[]
  changes: readonly Change[]
}>

type Reader = (range: Range) => Promise<InstallHistory>

const readers = new WeakMap<Context, Reader>()

/** How the install was, the same for every org, and read once for all who look within half a minute. Two statements. */
export function readInstallHistory(ctx: Context, range: Range): Promise<InstallHistory> {
  const reader = readers.get(ctx) ?? createReader(ctx)
  readers.set(ctx, reader)
  return reader(range)
}

function createReader(ctx: Context): Reader {
  const byRange = new Map(RANGES.map((range) => [range, kept(ctx.clock, FRESH_MS, () => read(ctx, range))]))
  return async (range) => {
    const look = byRange.get(range)
    return look ? await look() : await read(ctx, range)
  }
}

async function read(ctx: Context, range: Range): Promise<InstallHistory> {
  const now = ctx.clock.now()
  const [nowMs, grid] = [now.getTime(), gridOf(range, now)]
  const [rows, changes] = await Promise.all([readRows(ctx, grid.fromMs), listInstallChanges(ctx, grid.fromMs)])
  const bands = new Map<InstallComponent, Band>()
  let known: readonly Known[] = []
  for (const component of INSTALL_COMPONENTS) {
    const own = rows.filter((row) => row.component === component)
    const pieces = installPieces(own, nowMs)
    if (component === REFERENCE) known = knownOf(pieces)
    bands.set(component, bandOf(fillBuckets(pieces, grid), grid, nowMs))
  }
  return { grid, nowMs, bands, known, changes }
}

/** Also what began before and reaches into the time. */
async function readRows({ db }: Pick<Context, 'db'>, fromMs: number) {
  const { orgId, component, span, at, id } = healthSamples
  const [samplesFrom, spansFrom] = [dateOfMs(fromMs - KNOWN_MS), dateOfMs(fromMs - DAY_MS)]
  return await db
    .select({ component, ...HISTORY_ROW })
    .from(healthSamples)
    .where(
      and(
        isNull(orgId),
        inArray(component, [...INSTALL_COMPONENTS]),
        or(and(eq(span, 'sample'), gte(at, samplesFrom)), and(ne(span, 'sample'), gte(at, spansFrom))),
      ),
    )
    .orderBy(asc(at), asc(id))
}
