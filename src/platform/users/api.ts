import { Type } from '@sinclair/typebox'
import { Elysia, t } from 'elysia'
import { ROLES } from '#core/access/roles.ts'
import type { Door } from '#http/admit.ts'
import { describe } from '#http/describe.ts'
import { gate } from '#http/gate.ts'
import { pageAnswer, pageRequest } from '#http/pagination.ts'
import { exactly, Id, IdParams, MaybeTime, PageQuery, pageOf, Time } from '#http/schemas.ts'
import { resetPasswordByAdmin } from './temporary-password.ts'
import { listUsers, USER_STATES, type User } from './user.ts'
import { changeUser } from './user-change.ts'

const TAG = 'Users'
const SEARCH_CHARS_MAX = 200
const UserOrg = Type.Object({
  id: Id,
  slug: Type.String(),
  name: Type.String(),
  role: Type.Union(ROLES.map((role) => Type.Literal(role))),
})
const State = Type.Union(USER_STATES.map((state) => Type.Literal(state)))
const UserObject = Type.Object({
  id: Id,
  email: Type.String(),
  name: Type.String(),
  state: State,
  is_active: Type.Boolean(),
  is_superadmin: Type.Boolean({ description: 'An operator of this install.' }),
  must_reset_password: Type.Boolean({ description: 'The next thing to do is to choose a password.' }),
  password_expires_at: Type.Union([Time, Type.Null()], { description: 'Of a temporary password.' }),
  last_sign_in_at: MaybeTime,
  created_at: Time,
  orgs: Type.Array(UserOrg, { description: 'This org; for a superadmin each org of the account.' }),
  can_manage: Type.Boolean({
    description: 'Whether you may deactivate and rename the account and reset its password.',
  }),
  obstacle: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()], {
    description: 'Why not.',
  }),
})
const EXAMPLE = {
  id: 2,
  email: 'grace@example.com',
  name: 'Grace Hopper',
  state: 'active',
  is_active: true,
  is_superadmin: false,
  must_reset_password: false,
  password_expires_at: null,
  last_sign_in_at: '2026-02-02T16:20:00.000Z',
  created_at: '2026-01-31T09:00:00.000Z',
  orgs: [{ id: 1, slug: 'acme', name: 'Acme', role: 'designer' }],
  can_manage: true,
  obstacle: null,
}

const UsersQuery = t.Object(
  {
    ...PageQuery,
    search: t.Optional(t.String({ maxLength: SEARCH_CHARS_MAX, description: 'Part of a name or an e-mail.' })),
    state: t.Optional(State),
    all: t.Optional(
      t.Union([t.Literal('true'), t.Literal('false')], { description: '`true`: every org, for superadmins.' }),
    ),
  },
  { additionalProperties: false },
)

/** Of both writes: who it is, and why he is not yours to manage. */
const REFUSALS = { 403: ['is_superadmin', 'belongs_elsewhere'], 404: ['not_found'] }

const LIST = describe({
  tag: TAG,
  summary: 'List the accounts',
  answers: {
    200: {
      description: 'The newest first.',
      schema: pageOf(UserObject),
      example: { items: [EXAMPLE], next_cursor: null },
    },
  },
  errors: { 403: ['superadmin_only'], 422: ['invalid_query'] },
})

const CHANGE = describe({
  tag: TAG,
  summary: 'Rename, deactivate or activate an account',
  description:
    'Deactivating ends the sessions of the account, revokes its access tokens and voids its reset links. Activating brings none of them back.',
  answers: { 200: { description: 'The account.', schema: UserObject, example: EXAMPLE } },
  errors: { ...REFUSALS, 409: ['self', 'last_admin'], 422: ['invalid_name'] },
  requestExample: { is_active: true },
})

const RESET = describe({
  tag: TAG,
  summary: 'Give an account a temporary password',
  description:
    'It works for 24 hours, and the first thing to do with it is to choose another. It is mailed; without a mail server it is in this answer, and never again. At most 3 an hour and account.',
  answers: {
    200: {
      description: 'The old password, the sessions and the reset links no longer work.',
      schema: Type.Object({
        mailed: Type.Boolean(),
        temporary_password: Type.Optional(Type.String({ description: 'Only when it is not mailed. Shown here once.' })),
        expires_at: Time,
      }),
      example: { mailed: true, expires_at: '2026-02-03T16:20:00.000Z' },
    },
  },
  errors: { ...REFUSALS, 409: ['self', 'deactivated'], 429: ['too_many_resets'] },
})

/** `/api/users`: accounts, and what an admin may do to them. */
export function usersApi(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/api/users' })
    .use(gate(door))
    .get(
      '',
      async ({ scope, query }) => {
        const page = pageRequest(query)
        const { search = '', state } = query
        const wanted = { ...page, search, state, isEverywhere: query.all === 'true' }
        const { items, nextCursor } = pageAnswer(await listUsers(ctx, scope, wanted), page.shown)
        return { items: items.map(userObject), next_cursor: nextCursor }
      },
      { requires: 'user.read', query: UsersQuery, detail: LIST },
    )
    .patch(
      '/:id',
      async ({ scope, params, body }) =>
        userObject(await changeUser(ctx, scope, params.id, { name: body.name, isActive: body.is_active })),
      {
        requires: 'user.edit',
        params: IdParams,
        body: exactly({
          name: Type.Optional(Type.String({ maxLength: 1000 })),
          is_active: Type.Optional(Type.Boolean()),
        }),
        detail: CHANGE,
      },
    )
    .post(
      '/:id/reset-password',
      async ({ scope, params }) => {
        const { password, expiresAt } = await resetPasswordByAdmin(ctx, scope, params.id)
        const shown = { ...(password !== undefined && { temporary_password: password }) }
        return { mailed: password === undefined, ...shown, expires_at: expiresAt.toISOString() }
      },
      { requires: 'user.edit', params: IdParams, detail: RESET },
    )
}

function userObject(user: User) {
  const { obstacle } = user
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    state: user.state,
    is_active: user.isActive,
    is_superadmin: user.isSuperadmin,
    must_reset_password: user.mustResetPassword,
    password_expires_at: user.passwordExpiresAt?.toISOString() ?? null,
    last_sign_in_at: user.lastSignInAt?.toISOString() ?? null,
    created_at: user.createdAt.toISOString(),
    orgs: user.orgs.map(({ orgId, slug, name, role }) => ({ id: orgId, slug, name, role })),
    can_manage: obstacle === undefined,
    obstacle: obstacle ? { code: obstacle.code, message: obstacle.words } : null,
  }
}
