import { and, eq, sql } from 'drizzle-orm'
import { webhooks } from '#core/webhooks/tables.ts'
import { prepared, type Tx } from '#db/database.ts'
import type { Queue } from '#jobs/queue.ts'

export const EVENT_DISPATCH_KIND = 'event.dispatch'

/**
 * Asks, in the transaction of an event, that it be handed to the org's webhooks. An org without an active one pays for one
 * look and no more.
 */
export async function announceEvent(
  ctx: Readonly<{ jobs: Pick<Queue, 'enqueue'> }>,
  tx: Tx,
  event: Readonly<{ orgId: number; eventId: string }>,
): Promise<void> {
  const { orgId, eventId } = event
  if (!(await hasListeners(tx, orgId))) return
  await ctx.jobs.enqueue(tx, { kind: EVENT_DISPATCH_KIND, orgId, payload: { eventId } })
}

async function hasListeners(tx: Tx, orgId: number): Promise<boolean> {
  const probe = prepared(tx, 'webhooks_of_org', (orm) =>
    orm
      .select({ found: sql`1` })
      .from(webhooks)
      .where(and(eq(webhooks.orgId, sql.placeholder('orgId')), eq(webhooks.isActive, true)))
      .limit(1),
  )
  return (await probe.execute({ orgId })).length > 0
}
