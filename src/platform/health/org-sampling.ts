import { and, gt, inArray, lte } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { endOfTurn } from '#lib/turn.ts'
import { PROBES } from '#platform/probes.ts'
import type { Component } from './component.ts'
import { BAD_IN_A_ROW, type KnownState, stepAfter } from './flip.ts'
import { enqueueNews, type News } from './news.ts'
import { listOrgFacts, type OrgFacts } from './org-facts.ts'
import { type OrgProbe, runOrgProbe } from './probing.ts'
import { newsOf, sampleRow, stateRow } from './sampling.ts'
import { type SampleRow, type StateRow, saveStates } from './state-row.ts'
import { healthStates } from './tables.ts'

/** Orgs that are looked at, and written, in one go. */
const ORGS_AT_ONCE = 500

/**
 * Looks at every org and writes down only what has changed: a sample at a flip, and a state where news are on their way. An org
 * that stays as it was costs a row read and none written; two statements read 500 orgs. For the job of every minute.
 */
export async function sampleOrgs(
  ctx: Context,
  signal: AbortSignal,
  probes: readonly OrgProbe[] = PROBES.org,
): Promise<void> {
  for (let after = 0; !signal.aborted; ) {
    const facts = await listOrgFacts(ctx, after, ORGS_AT_ONCE)
    const last = facts.at(-1)
    if (!last) return
    await sampleSome(ctx, facts, await statesOf(ctx, after, last.orgId), probes)
    after = last.orgId
    await endOfTurn()
  }
}

type Changes = Readonly<{ states: StateRow[]; samples: SampleRow[]; news: { orgId: number; news: News }[] }>

async function sampleSome(
  ctx: Context,
  facts: readonly OrgFacts[],
  known: ReadonlyMap<string, KnownState>,
  probes: readonly OrgProbe[],
): Promise<void> {
  const changes: Changes = { states: [], samples: [], news: [] }
  for (const org of facts) {
    for (const probe of probes) note(ctx, changes, org, probe, known.get(`${org.orgId}:${probe.component}`))
  }
  if (changes.states.length === 0) return
  await ctx.db.transaction(async (tx) => {
    await saveStates(tx, changes.states, changes.samples)
    for (const { orgId, news } of changes.news) await enqueueNews(ctx, tx, orgId, news)
  })
}

function note(ctx: Context, changes: Changes, org: OrgFacts, probe: OrgProbe, before: KnownState | undefined): void {
  const { component } = probe
  const { orgId } = org
  const reading = runOrgProbe(ctx, probe, org)
  const now = ctx.clock.now()
  if (before && isSettled(before, reading.status)) return
  const step = stepAfter(before, { ...reading, checkedAt: now }, now)
  changes.states.push(stateRow(orgId, component, step.state))
  if (step.isFlip) changes.samples.push(sampleRow(orgId, { component, ...reading, latencyMs: 0 }, now))
  const news = newsOf({ component, ...reading }, before, step, now)
  if (news && org.isAlerting) changes.news.push({ orgId, news })
}

/** Nothing to write: it is as it was, and nobody waits for a second look. */
function isSettled({ status, badInARow, alertedAt }: KnownState, found: KnownState['status']): boolean {
  if (status !== found) return false
  return status === 'ok' ? alertedAt === null : badInARow >= BAD_IN_A_ROW
}

async function statesOf(ctx: Context, after: number, last: number): Promise<ReadonlyMap<string, KnownState>> {
  const components: Component[] = PROBES.org.map(({ component }) => component)
  const rows = await ctx.db
    .select()
    .from(healthStates)
    .where(
      and(gt(healthStates.orgId, after), lte(healthStates.orgId, last), inArray(healthStates.component, components)),
    )
  return new Map(rows.map((row) => [row.key, row]))
}
