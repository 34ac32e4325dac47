import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { pageAnswer, pageRequest } from '#http/pagination.ts'
import { IdParams } from '#http/schemas.ts'
import { CHANGE, LIST, RESET } from './documentation.ts'
import { UserChangeBody, UsersQuery, userObject } from './schemas.ts'
import { resetPasswordByAdmin } from './temporary-password.ts'
import { changeUser } from './user-change.ts'
import { listUsers } from './user-list.ts'

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
        body: UserChangeBody,
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
