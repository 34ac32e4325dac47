import { isNull } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { type Board, boardOf, type Looked } from './board.ts'
import type { Component } from './component.ts'
import { type KnownState, type Step, stepAfter } from './flip.ts'
import { enqueueNews, type News } from './news.ts'
import { type SampleRow, type StateRow, saveStates, stateKey } from './state-row.ts'
import { healthStates } from './tables.ts'

/**
 * Looks at the install once and writes down how it is: a sample of each component at a flip and every five minutes, and news
 * where people should hear of it. For the job of every minute.
 */
export async function sampleInstall(ctx: Context, board: Board = boardOf(ctx)): Promise<void> {
  const looked = await board.install()
  const now = ctx.clock.now()
  await ctx.db.transaction(async (tx) => {
    const known = await tx.select().from(healthStates).where(isNull(healthStates.orgId))
    const steps = looked.map((each) => {
      const before = known.find(({ component }) => component === each.component)
      return { looked: each, before, step: stepAfter(before, each, now) }
    })
    const samples = steps.flatMap(({ looked, step }) => (step.isSampleDue ? [sampleRow(null, looked, now)] : []))
    await saveStates(
      tx,
      steps.map(({ looked, step }) => stateRow(null, looked.component, step.state)),
      samples,
    )
    for (const each of steps) {
      const news = newsOf(each.looked, each.before, each.step, now)
      if (news) await enqueueNews(ctx, tx, null, news)
    }
  })
}

export function stateRow(orgId: number | null, component: Component, state: KnownState): StateRow {
  const { status, since, checkedAt, savedAt, badInARow, alertedAt } = state
  return {
    ...{ key: stateKey(orgId, component), orgId, component },
    ...{ status, since, checkedAt, savedAt, badInARow, alertedAt },
  }
}

export function sampleRow(
  orgId: number | null,
  { component, status, message, latencyMs }: Omit<Looked, 'meta' | 'checkedAt'>,
  at: Date,
): SampleRow {
  return { orgId, component, span: 'sample', at, status, message, latencyMs: Math.round(latencyMs) }
}

export function newsOf(
  { component, status, message }: Pick<Looked, 'component' | 'status' | 'message'>,
  before: KnownState | undefined,
  { news }: Step,
  at: Date,
): News | undefined {
  if (news === undefined || !before) return undefined
  const toldAt = news === 'recovered' ? (before.alertedAt?.toISOString() ?? null) : null
  return { component, kind: news, to: status, message, at: at.toISOString(), toldAt }
}
