import { Elysia, t } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { pageAnswer, pageRequest } from '#http/pagination.ts'
import { IdParams, ListQuery, PathId } from '#http/schemas.ts'
import { ADD_MEMBER, LIST_MEMBERS, REMOVE_MEMBER } from './documentation.ts'
import { memberOf } from './group-json.ts'
import { addGroupMember, listGroupMembers, removeGroupMember } from './group-member.ts'
import { EDIT_THIS } from './own-rights.ts'

const PlaceParams = t.Object({ id: PathId, user_id: PathId })

/** Who is in a group. */
export function groupMembersApi(door: Door) {
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
      { requires: 'group.read', params: IdParams, query: ListQuery, detail: LIST_MEMBERS },
    )
    .put(
      '/:id/members/:user_id',
      async ({ scope, params }) => memberOf((await addGroupMember(ctx, scope, params.id, params.user_id)).member),
      { requires: EDIT_THIS, params: PlaceParams, detail: ADD_MEMBER },
    )
    .delete(
      '/:id/members/:user_id',
      async ({ scope, params, set }) => {
        await removeGroupMember(ctx, scope, params.id, params.user_id)
        set.status = 204
      },
      { requires: EDIT_THIS, params: PlaceParams, detail: REMOVE_MEMBER },
    )
}
