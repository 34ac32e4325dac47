import type { Context } from '#core/context.ts'
import { SECOND_MS } from '#lib/clock.ts'
import { PROBES } from '#platform/probes.ts'
import type { Component, InstallComponent, OrgComponent } from './component.ts'
import { kept } from './kept.ts'
import { findOrgFacts, type OrgFacts } from './org-facts.ts'
import { FRESH_MS, failed, type Probe, type Probes, runOrgProbe, runProbe } from './probing.ts'
import type { Checked, Reading } from './reading.ts'

/** Orgs whose last answer is kept. */
const ORGS_KEPT_MAX = 1_000
const FACTS_TIMEOUT_MS = 3 * SECOND_MS

export type Looked<C extends Component = Component> = Checked & Readonly<{ component: C }>

export type Board = Readonly<{
  /** How the parts of the install are; each answer serves everybody on this node while it is fresh. It never rejects. */
  install: (isForced?: boolean) => Promise<Looked<InstallComponent>[]>
  /** How the parts of an org are. It never rejects. */
  org: (orgId: number, isForced?: boolean) => Promise<Looked<OrgComponent>[]>
}>

const boards = new WeakMap<Context, Board>()

/** That of this process: the page, the API and the samples look at the same one. */
export function boardOf(ctx: Context): Board {
  const found = boards.get(ctx)
  if (found) return found
  const board = createBoard(ctx, PROBES)
  boards.set(ctx, board)
  return board
}

/** A board of its own, with nothing remembered. */
export function createBoard(ctx: Context, probes: Probes): Board {
  const install = probes.install.map((probe) => ({
    probe,
    look: kept(ctx.clock, probe.freshMs, () => runProbe(ctx, probe)),
  }))
  const orgs = new Map<number, ReturnType<typeof kept<Looked<OrgComponent>[]>>>()

  function ofOrg(orgId: number) {
    const found = orgs.get(orgId)
    if (found) return found
    const oldest = orgs.size < ORGS_KEPT_MAX ? undefined : orgs.keys().next().value
    if (oldest !== undefined) orgs.delete(oldest)
    const look = kept(ctx.clock, FRESH_MS, () => lookAtOrg(ctx, probes, orgId))
    orgs.set(orgId, look)
    return look
  }

  return {
    install: (isForced) =>
      Promise.all(install.map(async ({ probe, look }) => ({ component: probe.component, ...(await look(isForced)) }))),
    org: (orgId, isForced) => ofOrg(orgId)(isForced),
  }
}

/** One statement serves all probes of an org; when it fails, each of their cards says so. */
async function lookAtOrg(ctx: Context, probes: Probes, orgId: number): Promise<Looked<OrgComponent>[]> {
  let facts: OrgFacts | undefined
  const asked: Pick<Probe, 'timeoutMs' | 'check'> = {
    timeoutMs: FACTS_TIMEOUT_MS,
    async check() {
      facts = await findOrgFacts(ctx, orgId)
      return { status: 'ok', message: '', meta: {} }
    },
  }
  const { status, message, latencyMs, checkedAt } = await runProbe(ctx, { component: 'org', ...asked })
  const known = facts
  return probes.org.map((probe) => {
    const { component } = probe
    const reading: Reading = known ? runOrgProbe(ctx, probe, known) : missing(status, message)
    return { component, ...reading, latencyMs, checkedAt }
  })

  function missing(of: Reading['status'], words: string): Reading {
    return of === 'ok' ? failed(ctx, 'org', new Error('the org is gone')) : { status: of, message: words, meta: {} }
  }
}
