import { and, count, eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { countStandingInvites } from '#platform/invites/standing.ts'
import { bySource, type Figure, figureOf, listCounts } from './counts.ts'
import { levelOf, listLevels } from './levels.ts'
import { type Period, spanOf } from './period.ts'
import { findStorage, type Storage } from './storage.ts'

export type UsageReport = Readonly<{
  period: Period
  /** `YYYY-MM-DD`, UTC; undefined for all days. */
  from: string | undefined
  to: string
  llmCalls: Figure & Readonly<{ bySource: ReturnType<typeof bySource> }>
  dbtRuns: Figure & Readonly<{ ok: number; failed: number }>
  /** Of rooms that are not in this build. */
  datasets: Figure
  dashboards: Figure
  members: Figure & Readonly<{ openInvites: number }>
  storage: Figure & Omit<Storage, 'bytes'>
}>

const NOTHING: Figure = { total: 0, previous: null, series: [] }

/**
 * What the org used in a period, and what it has now. In three statements, and a walk of its files where the last one is older
 * than five minutes. For `usage.read`.
 */
export async function readUsage(ctx: Context, scope: Scope, period: Period): Promise<UsageReport> {
  const span = spanOf(period, ctx.clock.now())
  const [counts, levels, people, storage] = await Promise.all([
    listCounts(ctx, scope, span),
    listLevels(ctx, scope, span),
    countPeople(ctx, scope),
    findStorage(ctx, scope),
  ])
  const calls = counts.filter(({ kind }) => kind === 'llm.call')
  const runs = counts.filter(({ kind }) => kind === 'dbt.run')
  const failures = figureOf(
    runs.filter(({ outcome }) => outcome === 'failed'),
    span,
  )
  const dbtRuns = figureOf(runs, span)
  const { bytes, files, isWhole, measuredAt } = storage
  return {
    ...{ period, from: span.from, to: span.today },
    llmCalls: { ...figureOf(calls, span), bySource: bySource(calls, span) },
    dbtRuns: { ...dbtRuns, ok: dbtRuns.total - failures.total, failed: failures.total },
    datasets: NOTHING,
    dashboards: NOTHING,
    members: { ...levelOf('members', people.members, levels, span), openInvites: people.openInvites },
    storage: { ...levelOf('storage_bytes', bytes, levels, span), files, isWhole, measuredAt },
  }
}

async function countPeople(ctx: Context, scope: Scope): Promise<{ members: number; openInvites: number }> {
  const [row] = await ctx.db
    .select({ members: count(), openInvites: countStandingInvites(ctx, scope, '').pending })
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(eq(userOrgs.orgId, scope.orgId), eq(users.isActive, true)))
  return row ?? { members: 0, openInvites: 0 }
}
