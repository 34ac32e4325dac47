import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { sendEvent } from './request.ts'
import { secretsOf } from './secret.ts'
import { requireWebhook } from './webhook.ts'

export const TEST_EVENT_TYPE = 'webhook.test'

/**
 * Sends one signed event of the type `webhook.test` at once, once, also to a webhook that is off, and answers with what came
 * back, whatever its code; nothing of it is kept. For `webhook.edit`. Errors: `not_found`, `egress_refused` (invalid),
 * `transport_failed` (upstream, with the transport's words), `secret_unreadable` (conflict).
 */
export async function testWebhook(
  ctx: Context,
  scope: Scope,
  id: number,
): Promise<Readonly<{ statusCode: number; excerpt: string; durationMs: number }>> {
  const webhook = await requireWebhook(ctx.db, scope, id)
  const event = {
    id: ctx.random.uuid(),
    type: TEST_EVENT_TYPE,
    created_at: ctx.clock.now().toISOString(),
    org_id: scope.orgId,
    data: { webhook_id: id, message: 'This is a test.' },
  }
  const secrets = secretsOf(ctx, webhook)
  const { statusCode, excerpt, durationMs, failure } = await sendEvent(ctx, { url: webhook.url, event, secrets })
  if (failure) throw failure
  if (statusCode === undefined) throw new AppError('upstream', 'transport_failed', 'No answer came.')
  return { statusCode, excerpt, durationMs }
}
