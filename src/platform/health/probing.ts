import type { Context } from '#core/context.ts'
import { SECOND_MS } from '#lib/clock.ts'
import type { InstallComponent, OrgComponent } from './component.ts'
import type { OrgFacts } from './org-facts.ts'
import type { Checked, Reading } from './reading.ts'

/** Looks at one part of the install. It may throw or hang: who asks sees a failing card. */
export type Probe = Readonly<{
  component: InstallComponent
  timeoutMs: number
  /** For how long its answer does for all who ask. */
  freshMs: number
  check: (ctx: Context) => Promise<Reading>
}>

/** Judges one part of an org by facts that are read for all of its probes, and for many orgs, in one statement. */
export type OrgProbe = Readonly<{ component: OrgComponent; judge: (ctx: Context, facts: OrgFacts) => Reading }>

export type Probes = Readonly<{ install: readonly Probe[]; org: readonly OrgProbe[] }>

export const FRESH_MS = 5 * SECOND_MS

/** The answer of a probe within its time limit. It never rejects: what a probe throws is in the log, and its card says that it failed. */
export async function runProbe(
  ctx: Context,
  probe: Pick<Probe, 'timeoutMs' | 'check'> & Readonly<{ component: string }>,
): Promise<Checked> {
  const startedAt = performance.now()
  const reading = await withinTime(ctx, probe)
  return { ...reading, latencyMs: roundedMs(performance.now() - startedAt), checkedAt: ctx.clock.now() }
}

/** The answer of an org's probe. As `runProbe`, it never throws. */
export function runOrgProbe(ctx: Context, probe: OrgProbe, facts: OrgFacts): Reading {
  try {
    return probe.judge(ctx, facts)
  } catch (error) {
    return failed(ctx, probe.component, error)
  }
}

export function failed(ctx: Context, component: string, error: unknown): Reading {
  ctx.log.error('a probe of the health failed', { component, error })
  return { status: 'error', message: 'The check itself failed; the log says why.', meta: {} }
}

async function withinTime(
  ctx: Context,
  { component, timeoutMs, check }: Pick<Probe, 'timeoutMs' | 'check'> & Readonly<{ component: string }>,
): Promise<Reading> {
  const over = new AbortController()
  const late = ctx.clock.sleep(timeoutMs, over.signal).then(() => tooLate(timeoutMs))
  try {
    return await Promise.race([begin(ctx, check), late])
  } catch (error) {
    return failed(ctx, component, error)
  } finally {
    over.abort()
  }
}

/** A probe that throws before its first promise is one that rejects. */
async function begin(ctx: Context, check: Probe['check']): Promise<Reading> {
  return await check(ctx)
}

function tooLate(timeoutMs: number): Reading {
  return { status: 'error', message: `No answer within ${timeoutMs / SECOND_MS} s.`, meta: {} }
}

function roundedMs(ms: number): number {
  return Math.round(ms * 10) / 10
}
