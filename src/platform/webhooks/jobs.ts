import { EVENT_DISPATCH_KIND } from '#core/audit/outbox.ts'
import type { Context } from '#core/context.ts'
import { defineJob, type Job } from '#jobs/job.ts'
import { numberOf, textOf } from '#jobs/payload.ts'
import type { Schedule } from '#jobs/schedule.ts'
import { deliver } from './deliver.ts'
import { dispatchEvent } from './dispatch.ts'
import { WEBHOOK_DELIVER_KIND } from './new-delivery.ts'
import { REPLAY_KIND, replaySome } from './replay.ts'
import { trimDeliveries } from './retention.ts'

/** More than anything but a broken database needs: what a receiver says is no failure of the job. */
const DELIVER_ATTEMPTS_MAX = 50

/** What the clock and the queue do for webhooks. */
export const webhooksJobs: readonly Job<Context>[] = [
  defineJob<Context, { eventId: string }>({
    kind: EVENT_DISPATCH_KIND,
    lane: 'events',
    parse: (stored) => ({ eventId: textOf(stored, 'eventId') }),
    run: async (ctx, { orgId, payload, finish }) =>
      await ctx.db.transaction(async (tx) => {
        await finish(tx)
        if (orgId !== undefined) await dispatchEvent(ctx, tx, { orgId, eventId: payload.eventId })
      }),
  }),
  defineJob<Context, { deliveryId: string; number: number }>({
    kind: WEBHOOK_DELIVER_KIND,
    lane: 'outbound',
    attemptsMax: DELIVER_ATTEMPTS_MAX,
    parse: (stored) => ({ deliveryId: textOf(stored, 'deliveryId'), number: numberOf(stored, 'number') }),
    run: deliver,
  }),
  defineJob<Context, { replayId: string; webhookId: number; after: number; until: number; since: string }>({
    kind: REPLAY_KIND,
    lane: 'events',
    parse: (stored) => ({
      ...{ replayId: textOf(stored, 'replayId'), since: textOf(stored, 'since') },
      ...{
        webhookId: numberOf(stored, 'webhookId'),
        after: numberOf(stored, 'after'),
        until: numberOf(stored, 'until'),
      },
    }),
    run: async (ctx, { orgId, payload, finish }) =>
      await ctx.db.transaction(async (tx) => {
        await finish(tx)
        if (orgId !== undefined) await replaySome(ctx, tx, { ...payload, orgId })
      }),
  }),
  defineJob<Context, null>({
    kind: 'webhook.trim',
    parse: () => null,
    run: (ctx, { signal }) => trimDeliveries(ctx, signal),
  }),
]

export const webhooksSchedules: readonly Schedule[] = [
  { name: 'webhook.trim', cron: '29 3 * * *', kind: 'webhook.trim' },
]
