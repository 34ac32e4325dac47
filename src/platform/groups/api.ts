import { Type } from '@sinclair/typebox'
import { Elysia, t } from 'elysia'
import { type Grant, PERMISSIONS, targetKindOf, wordsOf } from '#core/access/permissions.ts'
import { AppError } from '#core/errors.ts'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { pageAnswer, pageRequest } from '#http/pagination.ts'
import { exactly, IdParams, ListQuery } from '#http/schemas.ts'
import { scopeOf } from '#http/viewer.ts'
import * as documented from './documentation.ts'
import { grantPermission, revokePermission } from './grant.ts'
import { createGroup, deleteGroup, type Group, listGroups, renameGroup } from './group.ts'
import { addGroupMember, type GroupMember, listGroupMembers, removeGroupMember } from './group-member.ts'
import { listOwnPermissions } from './own-permissions.ts'

const AnId = t.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const PlaceParams = t.Object({ id: AnId, user_id: AnId })
const GrantParams = t.Object({ id: AnId, permission: t.String() })
const TargetQuery = t.Object(
  { target: t.Optional(t.String({ maxLength: 100, description: '`group:5`: for that group only.' })) },
  { additionalProperties: false },
)
const NamedGroup = exactly({ name: Type.String({ maxLength: 1000 }) })
/** A grant for this one group does, too. */
const EDIT_THIS = { permission: 'group.edit', target: 'group' } as const

/** `/api/groups`: what people may do on top of their roles. */
export function groupsApi(door: Door) {
  return new Elysia({ prefix: '/api/groups' })
    .use(catalogue(door))
    .use(administration(door))
    .use(places(door))
    .use(grants(door))
}

function catalogue(door: Door) {
  const { ctx } = door
  const known = PERMISSIONS.map((permission) => ({
    permission,
    words: wordsOf(permission),
    target_kind: targetKindOf(permission) ?? null,
  }))
  return new Elysia()
    .use(gate(door))
    .get('/permissions', () => ({ items: known }), { requires: 'group.read', detail: documented.CATALOGUE })
    .get(
      '/me/permissions',
      async ({ viewer }) => {
        if (!viewer.org) throw new AppError('forbidden', 'no_org', 'You do not belong to an organization yet.')
        const own = await listOwnPermissions(ctx, scopeOf(viewer, viewer.org), viewer.person.userId)
        return { items: own.map(({ from, ...grant }) => ({ ...grantOf(grant), from })) }
      },
      { signedIn: true, detail: documented.OWN },
    )
}

function administration(door: Door) {
  const { ctx } = door
  return new Elysia()
    .use(gate(door))
    .get(
      '',
      async ({ scope, query }) => {
        const page = pageRequest(query)
        const { items, nextCursor } = pageAnswer(await listGroups(ctx, scope, page), page.shown)
        return { items: items.map(groupOf), next_cursor: nextCursor }
      },
      { requires: 'group.read', query: ListQuery, detail: documented.LIST },
    )
    .post(
      '',
      async ({ scope, body, set }) => {
        const created = await createGroup(ctx, scope, body)
        set.status = 201
        return groupOf(created)
      },
      { requires: 'group.edit', body: NamedGroup, detail: documented.CREATE },
    )
    .patch('/:id', async ({ scope, params, body }) => groupOf(await renameGroup(ctx, scope, params.id, body)), {
      requires: EDIT_THIS,
      params: IdParams,
      body: NamedGroup,
      detail: documented.RENAME,
    })
    .delete(
      '/:id',
      async ({ scope, params, set }) => {
        await deleteGroup(ctx, scope, params.id)
        set.status = 204
      },
      { requires: 'group.edit', params: IdParams, detail: documented.DELETE },
    )
}

function places(door: Door) {
  const { ctx } = door
  return new Elysia()
    .use(gate(door))
    .get(
      '/:id/members',
      async ({ scope, params, query }) => {
        const page = pageRequest(query)
        const { items, nextCursor } = pageAnswer(await listGroupMembers(ctx, scope, params.id, page), page.shown)
        return { items: items.map(memberOf), next_cursor: nextCursor }
      },
      { requires: 'group.read', params: IdParams, query: ListQuery, detail: documented.LIST_MEMBERS },
    )
    .put(
      '/:id/members/:user_id',
      async ({ scope, params }) => memberOf((await addGroupMember(ctx, scope, params.id, params.user_id)).member),
      { requires: EDIT_THIS, params: PlaceParams, detail: documented.ADD_MEMBER },
    )
    .delete(
      '/:id/members/:user_id',
      async ({ scope, params, set }) => {
        await removeGroupMember(ctx, scope, params.id, params.user_id)
        set.status = 204
      },
      { requires: EDIT_THIS, params: PlaceParams, detail: documented.REMOVE_MEMBER },
    )
}

function grants(door: Door) {
  const { ctx } = door
  return new Elysia()
    .use(gate(door))
    .put(
      '/:id/permissions/:permission',
      async ({ scope, params, query }) => {
        const { permission } = params
        return groupOf(await grantPermission(ctx, scope, params.id, { permission, target: query.target }))
      },
      { requires: 'group.edit', params: GrantParams, query: TargetQuery, detail: documented.GRANT },
    )
    .delete(
      '/:id/permissions/:permission',
      async ({ scope, params, query, set }) => {
        const { permission } = params
        await revokePermission(ctx, scope, params.id, { permission, target: query.target })
        set.status = 204
      },
      { requires: 'group.edit', params: GrantParams, query: TargetQuery, detail: documented.REVOKE },
    )
}

function groupOf(group: Group) {
  return {
    id: group.id,
    name: group.name,
    member_count: group.memberCount,
    permissions: group.grants.map(grantOf),
    created_at: group.createdAt.toISOString(),
  }
}

function grantOf({ permission, target }: Grant) {
  return { permission, target: target ?? null }
}

function memberOf(member: GroupMember) {
  return {
    user_id: member.userId,
    email: member.email,
    name: member.name,
    role: member.role,
    is_active: member.isActive,
    added_at: member.addedAt.toISOString(),
  }
}
