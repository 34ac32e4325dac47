import type { Context } from '#core/context.ts'
import type { Attempt, Delivery } from './delivery.ts'
import type { Webhook } from './webhook.ts'

export function webhookOf({ clock }: Pick<Context, 'clock'>, webhook: Webhook) {
  const { previousSecretEndsAt: endsAt } = webhook
  return {
    id: webhook.id,
    url: webhook.url,
    events: webhook.events,
    schedule: webhook.schedule,
    is_active: webhook.isActive,
    disabled_reason: webhook.disabledReason,
    failing_since: webhook.failingSince?.toISOString() ?? null,
    secret_tail: webhook.secretTail,
    old_secret_ends_at: endsAt !== null && endsAt > clock.now() ? endsAt.toISOString() : null,
    created_at: webhook.createdAt.toISOString(),
    updated_at: webhook.updatedAt.toISOString(),
  }
}

export function deliveryOf(delivery: Delivery) {
  return {
    id: delivery.id,
    webhook_id: delivery.webhookId,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    origin: delivery.origin.split(':')[0] ?? '',
    status: delivery.state,
    status_code: delivery.statusCode,
    attempts: delivery.tries.map(attemptOf),
    next_retry_at: delivery.nextRetryAt?.toISOString() ?? null,
    created_at: delivery.createdAt.toISOString(),
    finished_at: delivery.finishedAt?.toISOString() ?? null,
  }
}

function attemptOf(attempt: Attempt) {
  return {
    number: attempt.number,
    status_code: attempt.statusCode,
    excerpt: attempt.excerpt,
    error: attempt.error,
    ms: attempt.durationMs,
    at: attempt.at.toISOString(),
  }
}
