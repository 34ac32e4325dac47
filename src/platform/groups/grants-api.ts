import { Elysia, t } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { PathId } from '#http/schemas.ts'
import { GRANT, REVOKE } from './documentation.ts'
import { grantPermission, revokePermission } from './grant.ts'
import { groupOf } from './group-json.ts'

const GrantParams = t.Object({ id: PathId, permission: t.String() })
const TargetQuery = t.Object(
  { target: t.Optional(t.String({ maxLength: 100, description: '`group:5`: for that group only.' })) },
  { additionalProperties: false },
)

/** What a group gives. */
export function grantsApi(door: Door) {
  const { ctx } = door
  return new Elysia()
    .use(gate(door))
    .put(
      '/:id/permissions/:permission',
      async ({ scope, params, query }) => {
        const { permission } = params
        return groupOf(await grantPermission(ctx, scope, params.id, { permission, target: query.target }))
      },
      { requires: 'group.edit', params: GrantParams, query: TargetQuery, detail: GRANT },
    )
    .delete(
      '/:id/permissions/:permission',
      async ({ scope, params, query, set }) => {
        const { permission } = params
        await revokePermission(ctx, scope, params.id, { permission, target: query.target })
        set.status = 204
      },
      { requires: 'group.edit', params: GrantParams, query: TargetQuery, detail: REVOKE },
    )
}
