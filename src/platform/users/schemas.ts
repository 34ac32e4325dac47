import { Type } from '@sinclair/typebox'
import { t } from 'elysia'
import { ROLES } from '#core/access/roles.ts'
import { exactly, Id, MaybeTime, PageQuery, Time } from '#http/schemas.ts'
import { USER_STATES, type User } from './user.ts'

const SEARCH_CHARS_MAX = 200
const UserOrg = Type.Object({
  id: Id,
  slug: Type.String(),
  name: Type.String(),
  role: Type.Union(ROLES.map((role) => Type.Literal(role))),
})
const State = Type.Union(USER_STATES.map((state) => Type.Literal(state)))
/** An account as the API shows it. */
export const UserObject = Type.Object({
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
export const UsersQuery = t.Object(
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

export const UserChangeBody = exactly({
  name: Type.Optional(Type.String({ maxLength: 1000 })),
  is_active: Type.Optional(Type.Boolean()),
})

export function userObject(user: User) {
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
