import { Elysia } from 'elysia'
import { isRole } from '#core/access/roles.ts'
import { AppError } from '#core/errors.ts'
import type { Door } from '#http/admit.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { fieldOf } from '#http/page.tsx'
import { BATCH_MAX } from '#platform/invites/batch.ts'
import { type BulkResend, resendInvites } from '#platform/invites/bulk-resend.ts'
import { revokeInvites } from '#platform/invites/bulk-revoke.ts'
import { resendWords, revocationWords } from '#platform/invites/bulk-words.ts'
import { inviteMany } from '#platform/invites/invite-many.ts'
import { listOpenInviteIds } from '#platform/invites/standing.ts'
import type { Toast } from '#views/ui/toast.tsx'
import { act, show, stateOf, type Visit } from './list-pages.tsx'

/** A ticked row: each has a name of its own, because of repeated names the last counts. */
const PICK = /^pick-([1-9]\d{0,14})$/

/** The forms of `/members` that work on many invitations at once. */
export function bulkPages(door: Door) {
  return new Elysia({ prefix: '/invites' })
    .use(gate(door))
    .post(
      '/many',
      ({ request, viewer, scope, body }) => many({ door, request, viewer, scope, state: stateOf(body) }, body),
      { requires: 'invite.edit' },
    )
    .post(
      '/bulk',
      ({ request, viewer, scope, body }) => bulk({ door, request, viewer, scope, state: stateOf(body) }, body),
      { requires: 'invite.edit' },
    )
}

/** What became of each address is shown in the answer itself, and kept nowhere; a refused list stays open as it was sent. */
async function many(visit: Visit, form: unknown): Promise<Response> {
  const addresses = fieldOf(form, 'addresses')
  const role = fieldOf(form, 'role')
  try {
    const manyResults = await inviteMany(visit.door.ctx, visit.scope, { addresses, role })
    return await show(visit, { manyResults })
  } catch (error) {
    const { status, faults } = refusalFor(error, ['invalid'])
    return await show(visit, { manyDraft: { addresses, role: isRole(role) ? role : undefined, faults } }, { status })
  }
}

function bulk(visit: Visit, form: unknown): Promise<Response> {
  const { door, scope } = visit
  return act(visit, async () => {
    const { ids, hasMore } = await picked(visit, form)
    const rest = hasMore ? `. At most ${BATCH_MAX} go at once: repeat it for the rest.` : ''
    switch (fieldOf(form, 'act')) {
      case 'revoke': {
        const done = await revokeInvites(door.ctx, scope, ids)
        return { toast: { tone: done.revoked > 0 ? 'success' : 'info', text: `${revocationWords(done)}${rest}` } }
      }
      case 'resend': {
        if (!(await door.ctx.mail.isConfigured(scope.orgId))) throw noRelay()
        const done = await resendInvites(door.ctx, scope, ids)
        return { toast: { tone: toneOf(done), text: `${resendWords(done)}${rest}` } }
      }
      default:
        throw new AppError('invalid', 'invalid_body', 'Choose what to do with the invitations.')
    }
  })
}

/** The ticked rows, or with `all` every open invitation of the filter and search, the newest first. */
async function picked({ door, scope, state }: Visit, form: unknown): Promise<{ ids: number[]; hasMore: boolean }> {
  if (fieldOf(form, 'all') === '1') {
    const isHere = state.filter === 'all' || state.filter === 'pending'
    const ids = isHere ? await listOpenInviteIds(door.ctx, scope, state.q, BATCH_MAX + 1) : []
    return { ids: ids.slice(0, BATCH_MAX), hasMore: ids.length > BATCH_MAX }
  }
  const names = typeof form === 'object' && form !== null ? Object.keys(form) : []
  const ids = names.flatMap((name) => {
    const id = PICK.exec(name)?.[1]
    return id === undefined ? [] : [Number(id)]
  })
  return { ids, hasMore: false }
}

function toneOf({ sent, requested }: BulkResend): Toast['tone'] {
  if (sent.length === requested) return 'success'
  return sent.length > 0 ? 'info' : 'danger'
}

function noRelay(): AppError {
  return new AppError('conflict', 'no_relay', 'No mail server is set: make a new link in the menu of each row.')
}
