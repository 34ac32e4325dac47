import { eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { startListener } from '#test/support/listener.ts'
import { makeDelivery, makeWebhookOf } from '#test/webhooks/rows.ts'
import type { Case } from './contract-cases.ts'
import type { Stage } from './contract-stage.ts'

const WEBHOOKS_MAX = 20
const EVENTS_MAX = 100
const LIST = '/api/webhooks'
const ONE = `${LIST}/{id}`
const REDELIVER = `${LIST}/deliveries/{id}/redeliver`

/** How to bring about what the operations on webhooks and events promise. */
export function webhookCases(): Record<string, Case> {
  return {
    [`GET ${LIST} 200`]: withHook(({ call }, _, operation) => call(operation)),
    [`GET ${LIST}/event-types 200`]: ({ call }, operation) => call(operation),
    [`POST ${LIST} 201`]: ({ call }, operation) => call(operation),
    [`POST ${LIST} 409 too_many_webhooks`]: async (stage, operation) => {
      for (let made = 0; made < WEBHOOKS_MAX; made++) await hookOf(stage)
      return stage.call(operation)
    },
    ...refusals('POST', LIST),
    [`GET ${ONE} 200`]: withHook(({ call }, id, operation) => call(operation, { id })),
    [`PATCH ${ONE} 200`]: withHook(({ call }, id, operation) => call(operation, { id })),
    ...refusals('PATCH', ONE),
    [`DELETE ${ONE} 204`]: withHook(({ call }, id, operation) => call(operation, { id })),
    [`POST ${ONE}/rotate-secret 200`]: withHook(({ call }, id, operation) => call(operation, { id })),
    [`DELETE ${ONE}/old-secret 204`]: withHook(({ call }, id, operation) => call(operation, { id })),
    ...tests(),
    ...replays(),
    ...deliveries(),
    'GET /api/events 200': withHook(({ call }, _, operation) => call(operation)),
  }
}

type WithHook = (stage: Stage, id: number, operation: Parameters<Case>[1]) => Promise<Response>

function withHook(play: WithHook): Case {
  return async (stage, operation) => await play(stage, await hookOf(stage), operation)
}

function hookOf({ app, orgId, admin }: Stage, url?: string): Promise<number> {
  return makeWebhookOf(app, { orgId, userId: admin.userId }, url)
}

function refusals(method: string, path: string): Record<string, Case> {
  const bodies = {
    invalid_url: { url: 'ftp://hooks.example.test/' },
    egress_refused: { url: 'http://10.0.0.1/' },
    unknown_event: { url: 'https://hooks.example.test/', events: ['nothing.happened'] },
    too_many_events: { url: 'https://hooks.example.test/', events: Array(EVENTS_MAX + 1).fill('group.*') },
  }
  return Object.fromEntries(
    Object.entries(bodies).map(([code, body]) => [
      `${method} ${path} 422 ${code}`,
      withHook(({ send }, id) => send(method, path.replace('{id}', String(id)), body)),
    ]),
  )
}

function tests(): Record<string, Case> {
  const path = `${ONE}/test`
  return {
    [`POST ${path} 200`]: async (stage, operation) => {
      await using receiver = await startListener()
      const id = await hookOf(stage, `http://127.0.0.1:${receiver.port}/`)
      return await stage.call(operation, { id })
    },
    [`POST ${path} 422 egress_refused`]: withHook(async ({ app, call }, id, operation) => {
      await app.ctx.db.update(webhooks).set({ url: 'http://10.0.0.1/' }).where(eq(webhooks.id, id))
      return await call(operation, { id })
    }),
    [`POST ${path} 409 secret_unreadable`]: withHook(async ({ app, call }, id, operation) => {
      await app.ctx.db.update(webhooks).set({ secretSealed: 'x' }).where(eq(webhooks.id, id))
      return await call(operation, { id })
    }),
    [`POST ${path} 502 transport_failed`]: withHook(({ call }, id, operation) => call(operation, { id })),
  }
}

function replays(): Record<string, Case> {
  const path = `${ONE}/replay`
  return {
    [`POST ${path} 202`]: withHook(({ call }, id, operation) => call(operation, { id })),
    [`POST ${path} 409 webhook_inactive`]: withHook(async (stage, id, operation) => {
      await switchOff(stage, id)
      return await stage.call(operation, { id })
    }),
    [`POST ${path} 422 invalid_time`]: withHook(({ send }, id) =>
      send('POST', `${LIST}/${id}/replay`, { since: 'now' }),
    ),
  }
}

function deliveries(): Record<string, Case> {
  return {
    [`GET ${ONE}/deliveries 200`]: withHook(async (stage, webhookId, operation) => {
      await makeDelivery(stage.app, { orgId: stage.orgId, webhookId, eventId: stage.app.ctx.random.uuid() })
      return await stage.call(operation, { id: webhookId })
    }),
    [`GET ${ONE}/deliveries 422 invalid_query`]: withHook(({ call }, id, operation) =>
      call(operation, { id, query: 'cursor=x' }),
    ),
    [`POST ${REDELIVER} 202`]: withHook(async (stage, id, operation) =>
      stage.call(operation, { id: await sent(stage, id) }),
    ),
    [`POST ${REDELIVER} 409 webhook_inactive`]: withHook(async (stage, webhookId, operation) => {
      const id = await sent(stage, webhookId)
      await switchOff(stage, webhookId)
      return await stage.call(operation, { id })
    }),
    [`POST ${REDELIVER} 410 event_gone`]: withHook(async (stage, webhookId, operation) => {
      const { app, orgId } = stage
      const id = await makeDelivery(app, { orgId, webhookId, eventId: app.ctx.random.uuid() })
      return await stage.call(operation, { id })
    }),
  }
}

async function sent({ app, orgId }: Stage, webhookId: number): Promise<string> {
  const [event] = await app.ctx.db.select().from(auditLog).where(eq(auditLog.orgId, orgId))
  return await makeDelivery(app, { orgId, webhookId, eventId: event?.eventId ?? '' })
}

async function switchOff({ app }: Stage, id: number): Promise<void> {
  await app.ctx.db.update(webhooks).set({ isActive: false }).where(eq(webhooks.id, id))
}
