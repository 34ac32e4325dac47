import { Type } from '@sinclair/typebox'
import { t } from 'elysia'
import { describe } from '#http/describe.ts'
import { Id, pageOf, Time } from '#http/schemas.ts'

const TAG = 'Audit log'

/** What the list and its export can be narrowed by. */
export const FilterQuery = {
  action: t.Optional(t.String({ description: 'One action by its name, such as `invite.created`.' })),
  actor: t.Optional(t.String({ description: 'What one user did: an id or an e-mail.' })),
  q: t.Optional(
    t.String({
      description:
        'Words, or beginnings of words, in any order and case: in the action, the actor, the values of the detail, the address or the request id.',
    }),
  ),
  after: t.Optional(t.String({ description: 'RFC 3339; events at or after it.' })),
  before: t.Optional(t.String({ description: 'RFC 3339; events before it.' })),
  install: t.Optional(
    t.Union([t.Literal('true'), t.Literal('false')], {
      description: 'What concerns the whole install and no org; for superadmins.',
    }),
  ),
}

const EventObject = Type.Object({
  id: Type.String({ format: 'uuid', description: "The event's id (UUIDv7)." }),
  action: Type.String(),
  actor: Type.Object({
    kind: Type.Union(['person', 'job', 'operator', 'nobody'].map((kind) => Type.Literal(kind))),
    user_id: Type.Union([Id, Type.Null()]),
    label: Type.String({ description: "A person's e-mail at that time, a job's id, or the kind again." }),
  }),
  detail: Type.Record(Type.String(), Type.Unknown(), { description: 'Ids and names, by action; never a secret.' }),
  address: Type.Union([Type.String(), Type.Null()]),
  request_id: Type.Union([Type.String(), Type.Null()]),
  at: Time,
})

const EXAMPLE = {
  id: '019c1a2b-3c4d-7e5f-8a9b-0c1d2e3f4a5b',
  action: 'invite.created',
  actor: { kind: 'person', user_id: 1, label: 'ada@example.com' },
  detail: { invite_id: 4, email: 'grace@example.com', role: 'designer' },
  address: '192.0.2.1',
  request_id: '019c1a2b-3c00-7e5f-8a9b-0c1d2e3f4a5b',
  at: '2026-01-31T09:00:00.000Z',
}

export const LIST = describe({
  tag: TAG,
  summary: 'List what happened',
  description:
    'Newest first. `cursor` keeps its place while new events are written. With `q`, a page looks through a bounded stretch of the log: it may have few items, or none, and a `next_cursor`, which means to go on. Only `null` is the end.',
  answers: {
    200: {
      description: 'One page.',
      schema: pageOf(EventObject),
      example: { items: [EXAMPLE], next_cursor: null },
    },
  },
  errors: { 403: ['superadmin_only'], 422: ['invalid_query'] },
})

export const EXPORT = describe({
  tag: TAG,
  summary: 'Export what happened as CSV',
  description:
    'All events of the filter (RFC 4180, UTF-8, a header row), sent as they are read. A cell that a spreadsheet would take for a formula begins with an apostrophe.',
  answers: {
    200: {
      description: 'The whole list, newest first.',
      mediaType: 'text/csv',
      schema: Type.String(),
      example: 'at,action,what,actor_kind,actor_user_id,actor,detail,address,request_id,id\r\n',
    },
  },
  errors: { 403: ['superadmin_only'], 422: ['invalid_query'] },
})
