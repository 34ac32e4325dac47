import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { fieldOf } from '#http/page.tsx'
import { IdParams } from '#http/schemas.ts'
import type { Toast } from '#views/ui/toast.tsx'
import { act, show, stateOf, type Visit } from './list-pages.tsx'
import { resetPasswordByAdmin } from './temporary-password.ts'
import { changeUser } from './user-change.ts'

/** `/users`: the accounts of the org, or for a superadmin of every org, and what may be done to them. */
export function usersPages(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/users' })
    .use(gate(door))
    .get(
      '',
      ({ request, viewer, scope, query }) =>
        show(
          { door, request, viewer, scope, state: stateOf(query) },
          { cursor: fieldOf(query, 'cursor') || undefined },
        ),
      { requires: 'user.read' },
    )
    .post(
      '/:id/reset-password',
      ({ request, viewer, scope, body, params }) =>
        act({ door, request, viewer, scope, state: stateOf(body) }, async () => {
          const { email, password, expiresAt } = await resetPasswordByAdmin(ctx, scope, params.id)
          if (password !== undefined) return { issued: { email, password, expiresAt } }
          return { toast: done(`A temporary password is on its way to ${email}.`) }
        }),
      { requires: 'user.edit', params: IdParams },
    )
    .post(
      '/:id/deactivate',
      ({ request, viewer, scope, body, params }) =>
        act({ door, request, viewer, scope, state: stateOf(body) }, async () => {
          const { name, email } = await changeUser(ctx, scope, params.id, { isActive: false })
          return { toast: done(`${name || email} can no longer sign in.`) }
        }),
      { requires: 'user.edit', params: IdParams },
    )
    .post(
      '/:id/activate',
      ({ request, viewer, scope, body, params }) =>
        act({ door, request, viewer, scope, state: stateOf(body) }, async () => {
          const { name, email } = await changeUser(ctx, scope, params.id, { isActive: true })
          return { toast: done(`${name || email} can sign in again.`) }
        }),
      { requires: 'user.edit', params: IdParams },
    )
    .post(
      '/:id/rename',
      ({ request, viewer, scope, body, params }) =>
        rename({ door, request, viewer, scope, state: stateOf(body) }, params.id, fieldOf(body, 'name')),
      { requires: 'user.edit', params: IdParams },
    )
}

/** A refused name stays in its dialog as it was sent. */
function rename(visit: Visit, id: number, name: string): Promise<Response> {
  const { door, scope } = visit
  return act(visit, async () => {
    const renamed = await changeUser(door.ctx, scope, id, { name })
    return { toast: done(`${renamed.email} is called ${renamed.name} now.`) }
  }).catch((error) => {
    const { status, fault } = refusalFor(error, ['invalid'])
    return show(visit, { renameDraft: { id, name, fault } }, { status })
  })
}

function done(text: string): Toast {
  return { tone: 'success', text }
}
