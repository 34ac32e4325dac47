import { Type } from '@sinclair/typebox'
import { t } from 'elysia'
import { ROLES } from '#core/access/roles.ts'
import { describe } from '#http/describe.ts'
import { Id, PageQuery, pageOf, Time } from '#http/schemas.ts'

const TAG = 'Orgs'

const Org = Type.Object({
  id: Id,
  slug: Type.String(),
  name: Type.String(),
  role: Type.Union([...ROLES.map((role) => Type.Literal(role)), Type.Null()], {
    description: 'Yours; null in an org of others.',
  }),
  is_default: Type.Boolean({ description: 'Where you are when nothing names another org.' }),
  created_at: Time,
  member_count: Type.Union([Type.Integer(), Type.Null()], { description: 'With `all=true`; else null.' }),
})
const EXAMPLE = {
  id: 7,
  slug: 'acme',
  name: 'Acme',
  role: 'admin',
  is_default: false,
  created_at: '2026-01-31T09:00:00.000Z',
  member_count: 1,
}

export const LIST = describe({
  tag: TAG,
  summary: 'List orgs',
  description: 'Your own; with `all=true` every org of the install, for a superadmin.',
  answers: {
    200: { description: 'Newest first.', schema: pageOf(Org), example: { items: [EXAMPLE], next_cursor: null } },
  },
  errors: { 403: ['superadmin_only'], 422: ['invalid_query'] },
})

export const CREATE = describe({
  tag: TAG,
  summary: 'Create an org',
  description: 'For a superadmin, who becomes its first admin. The slug is the first label of its address.',
  answers: { 201: { description: 'Created.', schema: Org, example: EXAMPLE } },
  errors: { 409: ['slug_taken'], 422: ['invalid_slug', 'invalid_name'] },
  requestExample: { slug: 'acme', name: 'Acme' },
})

export const OrgsQuery = t.Object(
  {
    ...PageQuery,
    all: t.Optional(t.Union([t.Literal('true'), t.Literal('false')], { description: 'Every org of the install.' })),
    q: t.Optional(t.String({ maxLength: 200, description: 'Part of a name or a slug.' })),
  },
  { additionalProperties: false },
)
