import type { Scope } from '#core/scope.ts'
import type { Door } from '#http/admit.ts'
import { fieldOf, fragment, goTo, isPartial, shellPage } from '#http/page.tsx'
import { LIMIT_DEFAULT } from '#http/schemas.ts'
import type { Viewer } from '#http/viewer.ts'
import { plural } from '#lib/format.ts'
import type { LogState } from '#views/webhooks/log-state.ts'
import { WebhookCard, WebhookContent, type WebhookProps } from '#views/webhooks/webhook-page.tsx'
import { DELIVERY_STATES, type Delivery, readDeliveries } from './delivery.ts'
import { cursorAfter, placeOf } from './delivery-place.ts'
import { requireWebhook } from './webhook.ts'
import { EVENT_CHOICES } from './webhook-form.ts'

const EVENT_CHARS_MAX = 100

export type Visit = Readonly<{
  door: Door
  request: Request
  viewer: Viewer
  scope: Scope
  id: number
  state: LogState
}>

type Shown = Pick<WebhookProps, 'draft' | 'replay' | 'secret' | 'tested' | 'cursor'>
type Answer = Readonly<{ status?: number; toasts?: readonly Readonly<{ tone: 'success' | 'danger'; text: string }>[] }>

/** A visit to one webhook that comes from a form: the log is shown whole. */
export function visitOf(
  door: Door,
  request: Request,
  viewer: Visit['viewer'],
  scope: Visit['scope'],
  id: number,
): Visit {
  return { door, request, viewer, scope, id, state: { status: undefined, event: '' } }
}

export function logStateOf(query: unknown): LogState {
  const status = fieldOf(query, 'status')
  return {
    status: DELIVERY_STATES.find((one) => one === status),
    event: fieldOf(query, 'event').slice(0, EVENT_CHARS_MAX),
  }
}

/** The page after a form: anew with a word, or the part of it that htmx asked for. */
export async function tell(visit: Visit, text: string, tone: 'success' | 'danger' = 'success'): Promise<Response> {
  const { request, id } = visit
  if (!isPartial(request)) return goTo(request, `/webhooks/${id}`, { tone, text })
  return await show(visit, {}, { toasts: [{ tone, text }] })
}

export async function show(visit: Visit, shown: Shown, answer: Answer = {}): Promise<Response> {
  const { door, request, viewer } = visit
  const props = { ...(await propsOf(visit, shown.cursor)), ...shown }
  if (isPartial(request)) {
    const announcement = `${plural(props.deliveries.length, 'delivery', 'deliveries')} shown`
    return fragment({ ...answer, announcement }, WebhookCard(props))
  }
  return shellPage(door, request, viewer, { title: 'Webhook', section: 'Webhooks', ...answer }, WebhookContent(props))
}

async function propsOf({ door, scope, id, state }: Visit, cursor: string | undefined): Promise<WebhookProps> {
  const { ctx } = door
  const webhook = await requireWebhook(ctx.db, scope, id)
  const rows = await readDeliveries(ctx, scope, id, {
    limit: LIMIT_DEFAULT + 1,
    place: cursor === undefined ? undefined : placeOf(cursor),
    state: state.status,
    eventType: state.event === '' ? undefined : state.event,
  })
  const deliveries = rows.slice(0, LIMIT_DEFAULT)
  const last = deliveries.at(-1)
  const now = ctx.clock.now()
  const {
    url,
    events,
    schedule,
    isActive,
    disabledReason,
    failingSince,
    secretTail,
    previousSecretEndsAt: endsAt,
  } = webhook
  return {
    ...{ id, url, events, schedule, isActive, disabledReason, failingSince, secretTail, state, now },
    choices: EVENT_CHOICES,
    oldSecretEndsAt: endsAt !== null && endsAt > now ? endsAt : null,
    deliveries: deliveries.map(rowOf),
    nextCursor: rows.length > LIMIT_DEFAULT && last ? cursorAfter(last) : undefined,
  }
}

function rowOf({ id, eventId, eventType, origin, state, tries, nextRetryAt, createdAt }: Delivery) {
  return {
    ...{ id, eventId, eventType, origin: origin.split(':')[0] ?? '', status: state, nextRetryAt, createdAt },
    attempts: tries.map(({ durationMs, ...attempt }) => ({ ...attempt, ms: durationMs })),
  }
}
