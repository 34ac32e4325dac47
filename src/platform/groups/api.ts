import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { pageAnswer, pageRequest } from '#http/pagination.ts'
import { exactly, IdParams, ListQuery } from '#http/schemas.ts'
import { catalogueApi } from './catalogue-api.ts'
import { CREATE, DELETE, LIST, RENAME } from './documentation.ts'
import { grantsApi } from './grants-api.ts'
import { createGroup, deleteGroup, listGroups, renameGroup } from './group.ts'
import { groupOf } from './group-json.ts'
import { groupMembersApi } from './members-api.ts'
import { EDIT_THIS } from './own-rights.ts'

const NamedGroup = exactly({ name: Type.String({ maxLength: 1000 }) })

/** `/api/groups`: what people may do on top of their roles. */
export function groupsApi(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/api/groups' })
    .use(catalogueApi(door))
    .use(groupMembersApi(door))
    .use(grantsApi(door))
    .use(gate(door))
    .get(
      '',
      async ({ scope, query }) => {
        const page = pageRequest(query)
        const { items, nextCursor } = pageAnswer(await listGroups(ctx, scope, page), page.shown)
        return { items: items.map(groupOf), next_cursor: nextCursor }
      },
      { requires: 'group.read', query: ListQuery, detail: LIST },
    )
    .post(
      '',
      async ({ scope, body, set }) => {
        const created = await createGroup(ctx, scope, body)
        set.status = 201
        return groupOf(created)
      },
      { requires: 'group.edit', body: NamedGroup, detail: CREATE },
    )
    .patch('/:id', async ({ scope, params, body }) => groupOf(await renameGroup(ctx, scope, params.id, body)), {
      requires: EDIT_THIS,
      params: IdParams,
      body: NamedGroup,
      detail: RENAME,
    })
    .delete(
      '/:id',
      async ({ scope, params, set }) => {
        await deleteGroup(ctx, scope, params.id)
        set.status = 204
      },
      { requires: 'group.edit', params: IdParams, detail: DELETE },
    )
}
