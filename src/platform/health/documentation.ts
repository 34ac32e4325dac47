import { Type } from '@sinclair/typebox'
import { t } from 'elysia'
import { describe } from '#http/describe.ts'
import { exactly, Time } from '#http/schemas.ts'
import { COMPONENTS } from './component.ts'
import { RANGE_DEFAULT, RANGES } from './range.ts'
import { STATUSES } from './reading.ts'

const TAG = 'Health'
const StatusText = oneOf(STATUSES)
const Value = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])

const ComponentObject = Type.Object({
  status: StatusText,
  message: Type.String({ description: 'One sentence for people.' }),
  latency_ms: Type.Number({ minimum: 0, description: 'How long the check took.' }),
  meta: Type.Record(Type.String(), Value, { description: 'Facts by name; a unit is in the name. Never a secret.' }),
})
const HealthObject = Type.Object({
  status: Type.Union([...STATUSES.map((status) => Type.Literal(status))], {
    description: 'The worst of the components.',
  }),
  checked_at: Time,
  components: Type.Object(Object.fromEntries(COMPONENTS.map((name) => [name, ComponentObject]))),
})

const SegmentObject = Type.Object({
  from: Time,
  to: Time,
  status: oneOf([...STATUSES, 'unknown']),
  message: Type.String({ description: 'What the check said last; empty where nothing is known.' }),
})
const BandObject = Type.Object({
  uptime_percent: Type.Union([Type.Number({ minimum: 0, maximum: 100 }), Type.Null()], {
    description: 'The share of the known time that was ok or warn, never rounded up; null when nothing is known.',
  }),
  segments: Type.Array(SegmentObject),
})
const HistoryObject = Type.Object({
  range: oneOf(RANGES),
  from: Time,
  to: Time,
  resolution_ms: Type.Integer({
    description: 'Nothing shorter is told apart; of each such stretch the worst state counts.',
  }),
  components: Type.Object(Object.fromEntries(COMPONENTS.map((name) => [name, BandObject]))),
  markers: Type.Array(
    Type.Object({
      from: Time,
      to: Time,
      changes: Type.Array(Type.Object({ at: Time, action: Type.String(), text: Type.String() })),
    }),
    { description: 'What was changed meanwhile, by the audit log; changes that lie near each other are one marker.' },
  ),
})
const AlertsObject = exactly({
  is_alerting: Type.Boolean({ description: 'Whether the admins of the org get mails about its health.' }),
})

const OK = { status: 'ok', message: 'SELECT 1 was answered.', latency_ms: 0.4, meta: { engine: 'SQLite' } }
const EXAMPLE = {
  status: 'ok',
  checked_at: '2026-01-31T09:00:00.000Z',
  components: Object.fromEntries(COMPONENTS.map((name) => [name, OK])),
}
const BAND = {
  uptime_percent: 99.98,
  segments: [
    {
      from: '2026-01-30T09:00:00.000Z',
      to: '2026-01-31T09:00:00.000Z',
      status: 'ok',
      message: 'SELECT 1 was answered.',
    },
  ],
}
const HISTORY_EXAMPLE = {
  ...{ range: '24h', from: '2026-01-30T09:00:00.000Z', to: '2026-01-31T09:00:00.000Z', resolution_ms: 900_000 },
  components: Object.fromEntries(COMPONENTS.map((name) => [name, BAND])),
  markers: [
    {
      ...{ from: '2026-01-30T12:00:00.000Z', to: '2026-01-30T12:00:00.000Z' },
      changes: [
        {
          at: '2026-01-30T12:00:00.000Z',
          action: 'system.deployed',
          text: 'Another version of Honeyframe was started.',
        },
      ],
    },
  ],
}

const Yes = t.Union([t.Literal('true'), t.Literal('false')], { description: 'Ask every part again now.' })
export const ShowQuery = t.Object({ refresh: t.Optional(Yes) }, { additionalProperties: false })
export const HistoryQuery = t.Object(
  {
    range: t.Optional(
      t.Union(
        RANGES.map((range) => t.Literal(range)),
        { description: `${RANGE_DEFAULT} unless given.` },
      ),
    ),
  },
  { additionalProperties: false },
)
export const AlertsBody = AlertsObject

export const SHOW = describe({
  tag: TAG,
  summary: 'How the install and the org are',
  description:
    'Each component by itself: one whose check fails or hangs says so and stops no other. Answers of the last seconds serve everybody.',
  answers: { 200: { description: 'Also when something is failing.', schema: HealthObject, example: EXAMPLE } },
  errors: { 422: ['invalid_query'] },
})
export const HISTORY = describe({
  tag: TAG,
  summary: 'How they were',
  answers: { 200: { description: 'Each component over the range.', schema: HistoryObject, example: HISTORY_EXAMPLE } },
  errors: { 422: ['invalid_query'] },
})
export const SHOW_ALERTS = describe({
  tag: TAG,
  summary: 'Whether admins are told',
  answers: {
    200: { description: 'Not unless it was switched on.', schema: AlertsObject, example: { is_alerting: false } },
  },
})
export const CHANGE_ALERTS = describe({
  tag: TAG,
  summary: 'Tell admins, or do not',
  description:
    'A mail to each admin when a component is bad twice in a row, and when it is well again; and an event `health.changed`.',
  answers: { 200: { description: 'From now on.', schema: AlertsObject, example: { is_alerting: true } } },
  requestExample: { is_alerting: true },
})

function oneOf(texts: readonly string[]) {
  return Type.Union(texts.map((text) => Type.Literal(text)))
}
