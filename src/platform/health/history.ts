import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import type { Band } from './band.ts'
import { groupChanges, listOrgChanges, type Marker } from './changes.ts'
import { COMPONENTS, type Component } from './component.ts'
import { readInstallHistory } from './install-history.ts'
import { readOrgHistory } from './org-history.ts'
import type { Range } from './range.ts'

export type HealthHistory = Readonly<{
  range: Range
  fromMs: number
  /** Now. */
  toMs: number
  bucketMs: number
  bands: readonly (Band & Readonly<{ component: Component }>)[]
  markers: readonly Marker[]
}>

const NOTHING: Band = { segments: [], uptimePercent: null }

/** How each component was over a range, and what was changed meanwhile. At most four statements. For `health.read`. */
export async function readHistory(ctx: Context, { orgId }: Pick<Scope, 'orgId'>, range: Range): Promise<HealthHistory> {
  const install = await readInstallHistory(ctx, range)
  const { fromMs, bucketMs } = install.grid
  const [org, changes] = await Promise.all([readOrgHistory(ctx, orgId, install), listOrgChanges(ctx, orgId, fromMs)])
  const bands = new Map<Component, Band>([...install.bands, ...org])
  const toMs = install.nowMs
  return {
    ...{ range, fromMs, toMs, bucketMs },
    bands: COMPONENTS.map((component) => ({ component, ...(bands.get(component) ?? NOTHING) })),
    markers: groupChanges([...install.changes, ...changes], { fromMs, toMs: toMs + 1 }),
  }
}
