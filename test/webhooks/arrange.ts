import type { ServerResponse } from 'node:http'
import type { Environment } from '#config/environment.ts'
import type { ActionDetails } from '#core/audit/actions.ts'
import { record } from '#core/audit/record.ts'
import type { Overrides } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { eventually } from '#test/jobs/context.ts'
import { json, makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'
import { type Heard, startListener } from '#test/support/listener.ts'

export const OPEN_LOOPBACK = { EGRESS_ALLOW: '127.0.0.1/32' }

export type Stage = Awaited<ReturnType<typeof startStage>>
type Answer = (heard: Heard, response: ServerResponse) => unknown

/** An app whose outgoing calls may reach 127.0.0.1, an org with an admin, and a receiver that says what `answer` says. */
export async function startStage(
  options: Readonly<{ env?: Environment; overrides?: Overrides; worker?: boolean; answer?: Answer }> = {},
) {
  const { overrides, worker = true } = options
  const env = { ...OPEN_LOOPBACK, ...options.env }
  const app = await startTestApp({ env, worker, ...(overrides && { overrides }) })
  const { orgId } = await makeOrg(app.ctx)
  const admin = await makePerson(app, orgId)
  let answer: Answer = options.answer ?? ((_, response) => response.end('ok'))
  const receiver = await startListener({ answer: (heard, response) => answer(heard, response) })
  return {
    ...{ app, ctx: app.ctx, orgId, admin, scope: scopeOf(admin), receiver },
    url: `http://127.0.0.1:${receiver.port}/hook`,
    /** From now on the receiver says this. */
    answerWith(next: Answer) {
      answer = next
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await receiver[Symbol.asyncDispose]()
    },
  }
}

export function scopeOf({ orgId, userId, email }: TestPerson): Scope {
  return {
    orgId,
    actor: { kind: 'person', userId, email, name: 'Ada' },
    role: 'admin',
    permissions: new Set(['webhook.edit']),
  }
}

/** Something happens in the org; answers with the event's id. */
export function happen<A extends keyof ActionDetails>(
  { ctx, scope }: Pick<Stage, 'ctx' | 'scope'>,
  action: A,
  detail: ActionDetails[A],
): Promise<string> {
  return ctx.db.transaction((tx) => record(ctx, tx, scope, action, detail))
}

export const GROUP_MADE = ['group.created', { group_id: 5, name: 'Data team' }] as const

export type WebhookJson = Readonly<{
  id: number
  url: string
  events: string[]
  secret: string
  secret_tail: string
  is_active: boolean
  disabled_reason: string | null
  failing_since: string | null
  old_secret_ends_at: string | null
}>

export async function makeWebhook(stage: Stage, body: Record<string, unknown> = {}): Promise<WebhookJson> {
  const response = await call(stage, 'POST', '/api/webhooks', { url: stage.url, ...body })
  if (response.status !== 201) throw new Error(`no webhook: ${await response.text()}`)
  return await response.json()
}

export function call(
  { app, admin }: Readonly<{ app: TestApp; admin: TestPerson }>,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  const init = body === undefined ? { method, headers: admin.bearer } : json(method, body, admin.bearer)
  return app.fetch(path, init)
}

export type AttemptJson = Readonly<{
  number: number
  status_code: number | null
  excerpt: string
  error: string | null
  ms: number
}>
export type DeliveryJson = Readonly<{
  id: string
  event_id: string
  event_type: string
  origin: string
  status: string
  status_code: number | null
  attempts: AttemptJson[]
  next_retry_at: string | null
}>

export async function deliveriesOf(stage: Stage, webhookId: number, query = ''): Promise<DeliveryJson[]> {
  const response = await call(stage, 'GET', `/api/webhooks/${webhookId}/deliveries${query}`)
  return (await response.json()).items
}

/** The deliveries of a webhook once there are so many and all of them have been tried. */
export async function settledDeliveries(stage: Stage, webhookId: number, count = 1): Promise<DeliveryJson[]> {
  let items: DeliveryJson[] = []
  await eventually(async () => {
    items = await deliveriesOf(stage, webhookId)
    return items.length >= count && items.every(({ status, attempts }) => attempts.length > 0 || status !== 'waiting')
  })
  return items
}
