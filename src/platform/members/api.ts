import { Type } from '@sinclair/typebox'
import { Elysia, t } from 'elysia'
import { ROLES } from '#core/access/roles.ts'
import type { Door } from '#http/admit.ts'
import { describe } from '#http/describe.ts'
import { gate } from '#http/gate.ts'
import { pageAnswer, pageRequest } from '#http/pagination.ts'
import { exactly, Id, ListQuery, MaybeTime, pageOf, Time } from '#http/schemas.ts'
import { changeRole, listMembers, type Member, removeMember } from './member.ts'

const TAG = 'Members'
const RoleName = Type.Union(ROLES.map((role) => Type.Literal(role)))
const MemberParams = t.Object({ user_id: t.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const MemberObject = Type.Object({
  user_id: Id,
  email: Type.String(),
  name: Type.String(),
  role: RoleName,
  is_active: Type.Boolean({ description: 'False while the account is deactivated.' }),
  joined_at: Time,
  last_active_at: MaybeTime,
})
const EXAMPLE = {
  user_id: 2,
  email: 'grace@example.com',
  name: 'Grace Hopper',
  role: 'designer',
  is_active: true,
  joined_at: '2026-01-31T09:00:00.000Z',
  last_active_at: '2026-02-02T16:20:00.000Z',
}

const LIST = describe({
  tag: TAG,
  summary: 'List the members',
  answers: {
    200: {
      description: 'The latest to join first.',
      schema: pageOf(MemberObject),
      example: { items: [EXAMPLE], next_cursor: null },
    },
  },
  errors: { 422: ['invalid_query'] },
})

const CHANGE_ROLE = describe({
  tag: TAG,
  summary: "Change a member's role",
  description: "It counts from the member's next request on.",
  answers: { 200: { description: 'The member.', schema: MemberObject, example: EXAMPLE } },
  errors: { 404: ['not_found'], 409: ['last_admin'] },
  requestExample: { role: 'designer' },
})

const REMOVE = describe({
  tag: TAG,
  summary: 'Remove a member',
  description: "The person's next request in this org is refused. The account itself stays.",
  answers: { 204: { description: 'Removed.' } },
  errors: { 404: ['not_found'], 409: ['last_admin'] },
})

/** `/api/members`: who belongs to the org. */
export function membersApi(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/api/members' })
    .use(gate(door))
    .get(
      '',
      async ({ scope, query }) => {
        const page = pageRequest(query)
        const { items, nextCursor } = pageAnswer(await listMembers(ctx, scope, page), page.shown)
        return { items: items.map(memberOf), next_cursor: nextCursor }
      },
      { requires: 'member.read', query: ListQuery, detail: LIST },
    )
    .patch(
      '/:user_id',
      async ({ scope, params, body }) => memberOf(await changeRole(ctx, scope, params.user_id, body.role)),
      { requires: 'member.edit', params: MemberParams, body: exactly({ role: RoleName }), detail: CHANGE_ROLE },
    )
    .delete(
      '/:user_id',
      async ({ scope, params, set }) => {
        await removeMember(ctx, scope, params.user_id)
        set.status = 204
      },
      { requires: 'member.edit', params: MemberParams, detail: REMOVE },
    )
}

function memberOf(member: Member) {
  return {
    user_id: member.userId,
    email: member.email,
    name: member.name,
    role: member.role,
    is_active: member.isActive,
    joined_at: member.joinedAt.toISOString(),
    last_active_at: member.lastActiveAt?.toISOString() ?? null,
  }
}
