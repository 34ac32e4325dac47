import { Elysia } from 'elysia'
import { isRole } from '#core/access/roles.ts'
import type { Door } from '#http/admit.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { fieldOf, goTo, isPartial } from '#http/page.tsx'
import { IdParams } from '#http/schemas.ts'
import { createInvite, revokeInvite } from '#platform/invites/invite.ts'
import { resendInvite } from '#platform/invites/resend.ts'
import { membersHref } from '#views/members/list-state.tsx'
import type { MembersProps } from '#views/members/members-page.tsx'
import type { Toast } from '#views/ui/toast.tsx'
import { bulkPages } from './bulk-pages.tsx'
import { act, show, stateOf, type Visit } from './list-pages.tsx'
import { changeRole, removeMember } from './member.ts'

/** `/members`: the list of members and invitations, and its forms. */
export function membersPages(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/members' })
    .use(gate(door))
    .use(bulkPages(door))
    .get(
      '',
      async ({ request, viewer, scope, query }) => {
        const visit = { door, request, viewer, scope, state: stateOf(query) }
        const cursor = fieldOf(query, 'cursor') || undefined
        return await show(visit, { cursor, draft: draftOf(query), manyDraft: manyDraftOf(query) })
      },
      { requires: 'member.read' },
    )
    .post(
      '/invites',
      ({ request, viewer, scope, body }) => invite({ door, request, viewer, scope, state: stateOf(body) }, body),
      { requires: 'invite.edit' },
    )
    .post(
      '/invites/:id/resend',
      ({ request, viewer, scope, body, params }) =>
        act({ door, request, viewer, scope, state: stateOf(body) }, async () => {
          const { invite, sendFailed, acceptUrl } = await resendInvite(ctx, scope, params.id)
          if (acceptUrl !== undefined) return { issuedLink: { email: invite.email, url: acceptUrl } }
          return { toast: sendFailed === undefined ? resent(invite.email) : notResent(invite.email, sendFailed) }
        }),
      { requires: 'invite.edit', params: IdParams },
    )
    .post(
      '/invites/:id/revoke',
      ({ request, viewer, scope, body, params }) =>
        act({ door, request, viewer, scope, state: stateOf(body) }, async () => {
          const { email } = await revokeInvite(ctx, scope, params.id)
          return { toast: { tone: 'success', text: `The invitation for ${email} is revoked.` } }
        }),
      { requires: 'invite.edit', params: IdParams },
    )
    .post(
      '/:id/role',
      ({ request, viewer, scope, body, params }) =>
        act({ door, request, viewer, scope, state: stateOf(body) }, async () => {
          const { name, role, userId } = await changeRole(ctx, scope, params.id, fieldOf(body, 'role'))
          return { toast: { tone: 'success', text: `${name} has the role ${role} now.` }, changed: userId }
        }),
      { requires: 'member.edit', params: IdParams },
    )
    .post(
      '/:id/remove',
      ({ request, viewer, scope, body, params }) =>
        act({ door, request, viewer, scope, state: stateOf(body) }, async () => {
          const { name, userId } = await removeMember(ctx, scope, params.id)
          return { toast: { tone: 'success', text: `${name} is no longer a member.` }, changed: userId }
        }),
      { requires: 'member.edit', params: IdParams },
    )
}

/** A refused form stays open as it was sent. */
async function invite(visit: Visit, form: unknown): Promise<Response> {
  const { door, request, scope, state } = visit
  const email = fieldOf(form, 'email')
  const role = fieldOf(form, 'role')
  try {
    const issued = await createInvite(door.ctx, scope, { email, role })
    if (issued.acceptUrl !== undefined) {
      return await show(visit, { issuedLink: { email: issued.invite.email, url: issued.acceptUrl } })
    }
    const toast = { tone: 'success', text: `The invitation for ${issued.invite.email} is on its way.` } as const
    return isPartial(request) ? await show(visit, {}, { toasts: [toast] }) : goTo(request, membersHref(state), toast)
  } catch (error) {
    const { status, faults } = refusalFor(error, ['invalid', 'conflict'])
    return await show(visit, { draft: { email, role: isRole(role) ? role : undefined, faults } }, { status })
  }
}

/** `?invite=1` opens the dialog without a script; an expired row's "Invite again" fills it in. */
function draftOf(query: unknown): MembersProps['draft'] {
  if (fieldOf(query, 'invite') !== '1') return undefined
  const role = fieldOf(query, 'role')
  return { email: fieldOf(query, 'email') || undefined, role: isRole(role) ? role : undefined }
}

/** `?invite=many` opens the one for a list. */
function manyDraftOf(query: unknown): MembersProps['manyDraft'] {
  return fieldOf(query, 'invite') === 'many' ? {} : undefined
}

function resent(email: string): Toast {
  return { tone: 'success', text: `A new link is on its way to ${email}.` }
}

function notResent(email: string, words: string): Toast {
  return { tone: 'danger', text: `The mail to ${email} failed: ${words}` }
}
