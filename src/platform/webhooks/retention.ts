import { lt } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { addMs, DAY_MS } from '#lib/clock.ts'
import { deleteDeliveries } from './delivery-deletion.ts'
import { webhookDeliveries } from './tables.ts'

/** How long events can be read and replayed, and deliveries looked at. */
export const EVENTS_KEPT_DAYS = 30

export function keptSince({ clock }: Pick<Context, 'clock'>): Date {
  return addMs(clock.now(), -EVENTS_KEPT_DAYS * DAY_MS)
}

/** Deletes deliveries older than `EVENTS_KEPT_DAYS`, with their attempts; for the clock. */
export async function trimDeliveries(ctx: Context, signal: AbortSignal): Promise<void> {
  await deleteDeliveries(ctx, lt(webhookDeliveries.createdAt, keptSince(ctx)), signal)
}
