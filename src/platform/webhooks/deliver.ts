import { and, eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Tx } from '#db/database.ts'
import type { Ending } from '#jobs/finish.ts'
import { randomFraction } from '#lib/random.ts'
import { insertAttempt } from './attempt-row.ts'
import { noteOutcome } from './delinquency.ts'
import { writeDelivered } from './delivered.ts'
import { type DueDelivery, findDelivery } from './due-delivery.ts'
import { eventOf } from './event.ts'
import { type DeliverPayload, enqueueAttempt } from './new-delivery.ts'
import { type Answer, noAnswer, sendEvent } from './request.ts'
import { nextAttemptAt, verdictOf } from './retry.ts'
import { secretsOf } from './secret.ts'
import { webhookDeliveries } from './tables.ts'

type Run = Readonly<{
  payload: DeliverPayload
  signal: AbortSignal
  finish: (tx: Tx) => Promise<void>
  ending: Ending
  leavePlace: () => void
}>

/**
 * One attempt at a delivery, for the queue: signs and sends, then writes what came of it, the next attempt and the end of the
 * job in one transaction. A worker that dies in between leaves all three undone, and the attempt is made again with the same
 * ids and the same body.
 */
export async function deliver(ctx: Context, { payload, signal, finish, ending, leavePlace }: Run): Promise<void> {
  const due = await findDelivery(ctx, payload.deliveryId)
  const isNext = due?.state === 'waiting' && due.attempts === payload.number - 1
  if (!due || !isNext) return await ctx.db.transaction(finish)
  if (!due.webhook.isActive || !due.event) return await drop(ctx, due, finish)
  const answer = await attempt(ctx, due, { ...due.event }, signal)
  const row = rowOf(ctx, due, payload.number, answer)
  const isPlain = verdictOf(answer.statusCode) === 'delivered' && !due.webhook.failingSince
  if (isPlain) {
    leavePlace()
    return await writeDelivered(ctx, { ending, value: row })
  }
  await ctx.db.transaction(async (tx) => {
    // First the webhook's row: who deletes it takes it first too, and then those of its deliveries.
    await noteOutcome(ctx, tx, due.webhook, answer)
    // Sent together, PostgreSQL takes them in one turn.
    await Promise.all([finish(tx), insertAttempt(tx, row), settle(ctx, tx, due, payload.number, answer)])
  })
}

async function attempt(
  ctx: Context,
  { orgId, webhook }: DueDelivery,
  event: NonNullable<DueDelivery['event']>,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const secrets = secretsOf(ctx, webhook)
    return await sendEvent(ctx, { url: webhook.url, event: eventOf(orgId, event), secrets, signal })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'secret_unreadable') throw error
    return noAnswer('The signing secret cannot be read. Rotate it.')
  }
}

async function settle(
  ctx: Context,
  tx: Tx,
  { id, orgId, webhook }: DueDelivery,
  number: number,
  { statusCode, retryAfter }: Answer,
): Promise<void> {
  const now = ctx.clock.now()
  const verdict = verdictOf(statusCode)
  const chance = randomFraction(ctx.random)
  const retryAt =
    verdict === 'retry' ? nextAttemptAt(now, { schedule: webhook.schedule, number, retryAfter, chance }) : undefined
  const state = retryAt ? 'waiting' : verdict === 'retry' ? 'dropped' : verdict
  await tx
    .update(webhookDeliveries)
    .set({
      ...{ state, attempts: number, statusCode: statusCode ?? null, nextRetryAt: retryAt ?? null },
      finishedAt: retryAt ? null : now,
    })
    .where(and(eq(webhookDeliveries.id, id), eq(webhookDeliveries.orgId, orgId)))
  if (retryAt) await enqueueAttempt(ctx, tx, { orgId, deliveryId: id, number: number + 1, runAt: retryAt })
}

function rowOf(ctx: Context, { id, orgId }: DueDelivery, number: number, answer: Answer) {
  const { statusCode = null, excerpt, error = null, durationMs } = answer
  return { orgId, deliveryId: id, number, statusCode, excerpt, error, durationMs, at: ctx.clock.now() }
}

/** Nothing to send any more, or nobody to send it to; it can be replayed. */
async function drop(ctx: Context, { id }: DueDelivery, finish: Run['finish']): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await finish(tx)
    await tx
      .update(webhookDeliveries)
      .set({ state: 'dropped', nextRetryAt: null, finishedAt: ctx.clock.now() })
      .where(eq(webhookDeliveries.id, id))
  })
}
