import type { Context } from '#core/context.ts'
import type { Tx } from '#db/database.ts'
import { COMPONENT_LABELS, type Component, isComponent } from './component.ts'
import { STATUSES, type Status } from './reading.ts'

export const TELL_KIND = 'health.tell'

/** What to tell people: a component is bad, or well again after they were told that it was not. */
export type News = Readonly<{
  component: Component
  kind: 'bad' | 'recovered'
  to: Status
  message: string
  /** When it was seen (RFC 3339). */
  at: string
  /** Of a recovery, when people were told that it was bad. */
  toldAt: string | null
}>

/** Hands news to the queue: that of an org, or that of the install for every org that asked for it. */
export async function enqueueNews(ctx: Pick<Context, 'jobs'>, tx: Tx, orgId: number | null, news: News): Promise<void> {
  await ctx.jobs.enqueue(tx, { kind: TELL_KIND, payload: news, ...(orgId !== null && { orgId }) })
}

/** The news of a mail's subject. */
export function newsTitle({ component, kind, to }: Pick<News, 'component' | 'kind' | 'to'>): string {
  const label = COMPONENT_LABELS[component]
  if (kind === 'recovered') return `${label}: back to normal`
  return to === 'error' ? `${label}: failing` : `${label}: warning`
}

/** Throws when the payload of a job is none. */
export function parseNews(stored: unknown): News {
  const { component, kind, to, message, at, toldAt } = Object(stored)
  const isTold = typeof message === 'string' && typeof at === 'string'
  const isSince = toldAt === null || typeof toldAt === 'string'
  if (isTold && isSince && typeof component === 'string' && isComponent(component)) {
    const status = STATUSES.find((one) => one === to)
    const known = (['bad', 'recovered'] as const).find((one) => one === kind)
    if (status && known) return { component, kind: known, to: status, message, at, toldAt }
  }
  throw new Error('the payload of news about the health is not readable')
}
