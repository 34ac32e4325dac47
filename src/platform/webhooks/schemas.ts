import { Type } from '@sinclair/typebox'
import { t } from 'elysia'
import { exactly, Id, MaybeTime, PageQuery, Time } from '#http/schemas.ts'

const ScheduleName = Type.Union([Type.Literal('default'), Type.Literal('long')], {
  description: '`default`: again after 1 min, 5 min, 15 min and 1 h. `long`: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h.',
})
const EventNames = Type.Array(Type.String({ maxLength: 100 }), {
  maxItems: 1000,
  description: 'Event types, or `prefix.*`; empty for every event.',
})
const Url = Type.String({ maxLength: 4000, description: 'http or https.' })

export const NewWebhook = exactly({
  url: Url,
  events: Type.Optional(EventNames),
  schedule: Type.Optional(ScheduleName),
})
export const ChangedWebhook = exactly({
  url: Type.Optional(Url),
  events: Type.Optional(EventNames),
  schedule: Type.Optional(ScheduleName),
  is_active: Type.Optional(Type.Boolean()),
})
export const Rotation = Type.Optional(
  exactly({
    end_old_now: Type.Optional(Type.Boolean({ description: 'The old secret does not sign for another 24 h.' })),
  }),
)
export const Since = exactly({ since: Type.String({ maxLength: 100, description: 'RFC 3339.' }) })
export const DeliveryParams = t.Object({ id: t.String({ maxLength: 100 }) })
export const DeliveriesQuery = t.Object(
  {
    ...PageQuery,
    status: t.Optional(t.Union(['waiting', 'delivered', 'failed', 'dropped'].map((state) => t.Literal(state)))),
    event: t.Optional(t.String({ maxLength: 100, description: 'One event type.' })),
  },
  { additionalProperties: false },
)
export const EventsQuery = t.Object(
  {
    limit: PageQuery.limit,
    after: t.Optional(t.String({ maxLength: 100, description: 'The id of the last event you have.' })),
  },
  { additionalProperties: false },
)

const WEBHOOK = {
  id: Id,
  url: Type.String(),
  events: Type.Array(Type.String()),
  schedule: ScheduleName,
  is_active: Type.Boolean(),
  disabled_reason: Type.Union([Type.String(), Type.Null()], {
    description: 'Why it is off, when nobody switched it off.',
  }),
  failing_since: Type.Union([Time, Type.Null()], { description: 'Since when every attempt has failed.' }),
  secret_tail: Type.String({ description: 'The last 6 characters of the secret.' }),
  old_secret_ends_at: Type.Union([Time, Type.Null()], { description: 'Until when the secret before signs, too.' }),
  created_at: Time,
  updated_at: Time,
}
export const WebhookObject = Type.Object(WEBHOOK)
export const WebhookWithSecret = Type.Object({
  ...WEBHOOK,
  secret: Type.String({ description: '`whsec_` and the base64 of 32 bytes. Shown here once and never again.' }),
})

const AttemptObject = Type.Object({
  number: Type.Integer({ minimum: 1 }),
  status_code: Type.Union([Type.Integer(), Type.Null()], { description: 'Null when no answer came.' }),
  excerpt: Type.String({ description: 'The first 512 characters of the answer.' }),
  error: Type.Union([Type.String(), Type.Null()], { description: 'Why no answer came.' }),
  ms: Type.Integer({ minimum: 0 }),
  at: Time,
})

export const DeliveryObject = Type.Object({
  id: Type.String({ format: 'uuid' }),
  webhook_id: Id,
  event_id: Type.String({ format: 'uuid', description: 'The `webhook-id` of every attempt.' }),
  event_type: Type.String(),
  origin: Type.Union([Type.Literal('event'), Type.Literal('redelivery'), Type.Literal('replay')]),
  status: Type.Union(
    ['waiting', 'delivered', 'failed', 'dropped'].map((state) => Type.Literal(state)),
    {
      description:
        '`failed`: the receiver said no. `dropped`: the last attempt failed, or there was nothing to send or nobody to send it to.',
    },
  ),
  status_code: Type.Union([Type.Integer(), Type.Null()], { description: 'Of the last attempt.' }),
  attempts: Type.Array(AttemptObject),
  next_retry_at: MaybeTime,
  created_at: Time,
  finished_at: MaybeTime,
})

export const EventObject = Type.Object({
  id: Type.String({ format: 'uuid' }),
  type: Type.String(),
  created_at: Time,
  org_id: Id,
  data: Type.Record(Type.String(), Type.Unknown(), { description: 'As the schema of its type says.' }),
})
