import { Type } from '@sinclair/typebox'
import { EVENT_SAMPLES } from '#core/audit/event-samples.ts'
import { schemaOf } from '#core/audit/event-types.ts'
import { describe } from '#http/describe.ts'
import { Id, pageOf, Time } from '#http/schemas.ts'
import { DeliveryObject, EventObject, WebhookObject, WebhookWithSecret } from './schemas.ts'

const TAG = 'Webhooks'
const EVENT_ID = '019c1a2b-3c4d-7e5f-8a9b-0c1d2e3f4a5b'
const AT = '2026-01-31T09:00:00.000Z'
const EXAMPLE = {
  ...{ id: 3, url: 'https://hooks.example.com/honeyframe', events: ['invite.*'], schedule: 'default', is_active: true },
  ...{ disabled_reason: null, failing_since: null, secret_tail: 'kR4fw=', old_secret_ends_at: null },
  ...{ created_at: AT, updated_at: AT },
}
const WITH_SECRET = { ...EXAMPLE, secret: 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=' }
const ATTEMPT = { number: 1, status_code: 200, excerpt: 'ok', error: null, ms: 84, at: AT }
const DELIVERY = {
  ...{ id: '019c1a2b-4c4d-7e5f-8a9b-0c1d2e3f4a5b', webhook_id: 3, event_id: EVENT_ID, event_type: 'invite.created' },
  ...{ origin: 'event', status: 'delivered', status_code: 200, attempts: [ATTEMPT], next_retry_at: null },
  ...{ created_at: AT, finished_at: AT },
}
const EVENT = { id: EVENT_ID, type: 'invite.created', created_at: AT, org_id: 1, data: EVENT_SAMPLES['invite.created'] }
const URL_ERRORS = ['invalid_url', 'egress_refused', 'unknown_event', 'too_many_events']
const FOUND = { 404: ['not_found'] }

export const LIST = describe({
  tag: TAG,
  summary: 'List the webhooks',
  answers: {
    200: {
      ...{ description: 'Newest first.', schema: pageOf(WebhookObject) },
      example: { items: [EXAMPLE], next_cursor: null },
    },
  },
  errors: { 422: ['invalid_query'] },
})

export const CREATE = describe({
  tag: TAG,
  summary: 'Make a webhook',
  description: 'It gets every event from now on that it names. The secret is shown here once.',
  answers: { 201: { description: 'Made.', schema: WebhookWithSecret, example: WITH_SECRET } },
  errors: { 409: ['too_many_webhooks'], 422: URL_ERRORS },
  requestExample: { url: EXAMPLE.url, events: EXAMPLE.events },
})

export const GET = describe({
  tag: TAG,
  summary: 'Read a webhook',
  answers: { 200: { description: 'The webhook.', schema: WebhookObject, example: EXAMPLE } },
  errors: FOUND,
})

export const UPDATE = describe({
  tag: TAG,
  summary: 'Change a webhook',
  description:
    'What is not named stays. While it is off no deliveries are made for it; those that wait are dropped when their time comes.',
  answers: { 200: { description: 'The webhook.', schema: WebhookObject, example: EXAMPLE } },
  errors: { ...FOUND, 422: URL_ERRORS },
  requestExample: { events: ['invite.*', 'member.role_changed'] },
})

export const DELETE = describe({
  tag: TAG,
  summary: 'Delete a webhook',
  description:
    'With its deliveries, which takes a few seconds when there are very many. What waits is not sent any more.',
  answers: { 204: { description: 'Deleted.' } },
  errors: FOUND,
})

export const ROTATE = describe({
  tag: TAG,
  summary: 'Replace the signing secret',
  description: 'The secret before signs, too, for 24 hours, unless `end_old_now`. The new one is shown here once.',
  answers: {
    200: { description: 'The webhook with its new secret.', schema: WebhookWithSecret, example: WITH_SECRET },
  },
  errors: FOUND,
  requestExample: { end_old_now: false },
})

export const END_OLD = describe({
  tag: TAG,
  summary: 'End the secret before the present one',
  description: 'It signs nothing from now on; again, it changes nothing.',
  answers: { 204: { description: 'Only the present secret signs.' } },
  errors: FOUND,
})

export const TEST = describe({
  tag: TAG,
  summary: 'Send a test event now',
  description:
    'One signed request with an event of the type `webhook.test`. Whatever the receiver answers is told; nothing is kept.',
  answers: {
    200: {
      description: 'What the receiver answered.',
      schema: Type.Object({ status_code: Type.Integer(), excerpt: Type.String(), ms: Type.Integer() }),
      example: { status_code: 200, excerpt: 'ok', ms: 84 },
    },
  },
  errors: { ...FOUND, 409: ['secret_unreadable'], 422: ['egress_refused'], 502: ['transport_failed'] },
})

export const REPLAY = describe({
  tag: TAG,
  summary: 'Send every event since a time again',
  description:
    'In their order, those that the webhook names now, at most 30 days back. Each becomes a delivery of its own.',
  answers: {
    202: {
      description: 'The deliveries are being made.',
      schema: Type.Object({ webhook_id: Id, since: Time, events: Type.Integer(), status: Type.Literal('queued') }),
      example: { webhook_id: 3, since: AT, events: 42, status: 'queued' },
    },
  },
  errors: { ...FOUND, 409: ['webhook_inactive'], 422: ['invalid_time'] },
  requestExample: { since: AT },
})

export const DELIVERIES = describe({
  tag: TAG,
  summary: 'List the deliveries of a webhook',
  description: 'With every attempt. Kept for 30 days.',
  answers: {
    200: {
      ...{ description: 'Newest first.', schema: pageOf(DeliveryObject) },
      example: { items: [DELIVERY], next_cursor: null },
    },
  },
  errors: { ...FOUND, 422: ['invalid_query'] },
})

export const REDELIVER = describe({
  tag: TAG,
  summary: 'Send the event of a delivery again',
  description: 'As a delivery of its own, with the same event id and body.',
  answers: {
    202: {
      description: 'The new delivery.',
      schema: DeliveryObject,
      example: {
        ...DELIVERY,
        origin: 'redelivery',
        status: 'waiting',
        status_code: null,
        attempts: [],
        finished_at: null,
      },
    },
  },
  errors: { ...FOUND, 409: ['webhook_inactive'], 410: ['event_gone'] },
})

export const EVENT_TYPES_LIST = describe({
  tag: TAG,
  summary: 'List the types of events',
  answers: {
    200: {
      description: 'Every type, with the JSON Schema of its `data` and a whole event as a sample.',
      schema: Type.Object({
        items: Type.Array(
          Type.Object({
            type: Type.String(),
            description: Type.String(),
            schema: Type.Record(Type.String(), Type.Unknown()),
            sample: EventObject,
          }),
        ),
      }),
      example: {
        items: [
          { type: EVENT.type, description: 'Someone was invited.', schema: schemaOf('invite.created'), sample: EVENT },
        ],
      },
    },
  },
})

export const EVENTS = describe({
  tag: TAG,
  summary: 'Read what happened',
  description:
    'Oldest first, after the event `after`, the same events with the same ids that webhooks get; kept for 30 days. Go on from the id of the last event you have. On PostgreSQL an event appears a second after its commit, or once older transactions have ended.',
  answers: {
    200: {
      description: '`next_cursor` is the `after` of the next page, null when this one is the last for now.',
      schema: pageOf(EventObject),
      example: { items: [EVENT], next_cursor: null },
    },
  },
  errors: { 422: ['invalid_query'] },
})
