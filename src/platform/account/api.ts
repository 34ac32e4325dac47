import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { PERMISSIONS } from '#core/access/permissions.ts'
import { ROLES } from '#core/access/roles.ts'
import type { Door } from '#http/admit.ts'
import { describe } from '#http/describe.ts'
import { gate } from '#http/gate.ts'
import { exactly, Id } from '#http/schemas.ts'
import type { Viewer } from '#http/viewer.ts'
import { updateProfile } from '#platform/account/account.ts'

const RoleName = Type.Union(ROLES.map((role) => Type.Literal(role)))
const Org = Type.Object({ id: Id, slug: Type.String(), name: Type.String() })

const Me = Type.Object({
  user_id: Id,
  email: Type.String(),
  name: Type.String(),
  role: Type.Union([RoleName, Type.Null()]),
  org: Type.Union([Org, Type.Null()]),
  orgs: Type.Array(Type.Object({ id: Id, slug: Type.String(), name: Type.String(), role: RoleName })),
  permissions: Type.Array(Type.Union(PERMISSIONS.map((permission) => Type.Literal(permission)))),
  must_reset_password: Type.Boolean(),
  is_superadmin: Type.Boolean(),
})

const EXAMPLE = {
  user_id: 1,
  email: 'ada@example.com',
  name: 'Ada Byron',
  role: 'admin',
  org: { id: 1, slug: 'acme', name: 'Acme' },
  orgs: [{ id: 1, slug: 'acme', name: 'Acme', role: 'admin' }],
  permissions: ['member.read', 'member.edit', 'invite.edit'],
  must_reset_password: false,
  is_superadmin: true,
}
const answers = { 200: { description: 'You, in the org of this request.', schema: Me, example: EXAMPLE } }

/** `/api/me`. */
export function accountApi(door: Door) {
  return new Elysia({ prefix: '/api' })
    .use(gate(door))
    .get('/me', ({ viewer }) => meOf(viewer), {
      signedIn: { resetDue: true },
      detail: describe({ tag: 'Account', summary: 'Who you are', answers }),
    })
    .patch(
      '/me',
      async ({ viewer, body }) => {
        const orgIds = viewer.person.memberships.map((membership) => membership.orgId)
        const change = { name: body.name, defaultOrgId: body.default_org_id }
        const { name } = await updateProfile(door.ctx, viewer.self, orgIds, change)
        return { ...meOf(viewer), name }
      },
      {
        signedIn: true,
        body: exactly({ name: Type.Optional(Type.String({ maxLength: 1000 })), default_org_id: Type.Optional(Id) }),
        detail: describe({
          tag: 'Account',
          summary: 'Change your name or default org',
          answers,
          errors: { 403: ['not_a_member'], 422: ['invalid_name'] },
          requestExample: { name: 'Ada Lovelace' },
        }),
      },
    )
}

function meOf({ person, org, permissions }: Viewer) {
  return {
    user_id: person.userId,
    email: person.email,
    name: person.name,
    role: org?.role ?? null,
    org: org ? { id: org.orgId, slug: org.slug, name: org.name } : null,
    orgs: person.memberships.map(({ orgId, slug, name, role }) => ({ id: orgId, slug, name, role })),
    permissions: [...permissions],
    must_reset_password: person.mustResetPassword,
    is_superadmin: person.isSuperadmin,
  }
}
