import { Elysia } from 'elysia'
import { isRole } from '#core/access/roles.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import type { Door } from '#http/admit.ts'
import { STATUS } from '#http/errors.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { fieldOf, fragment, goTo, isPartial, shellPage } from '#http/page.tsx'
import { IdParams } from '#http/schemas.ts'
import type { Viewer } from '#http/viewer.ts'
import { plural } from '#lib/format.ts'
import { createInvite, revokeInvite } from '#platform/invites/invite.ts'
import { resendInvite } from '#platform/invites/resend.ts'
import { type ListState, membersHref } from '#views/members/list-state.tsx'
import { MembersCard, MembersContent, type MembersProps } from '#views/members/members-page.tsx'
import type { Toast } from '#views/ui/toast.tsx'
import { changeRole, removeMember } from './member.ts'
import { listPeople, PEOPLE_FILTERS } from './people.ts'

const SEARCH_CHARS_MAX = 200

/** `/members`: the list of members and invitations, and its forms. */
export function membersPages(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/members' })
    .use(gate(door))
    .get(
      '',
      async ({ request, viewer, scope, query }) => {
        const visit = { door, request, viewer, scope, state: stateOf(query) }
        return await show(visit, { cursor: fieldOf(query, 'cursor') || undefined, draft: draftOf(query) })
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

type Visit = Readonly<{ door: Door; request: Request; viewer: Viewer; scope: Scope; state: ListState }>

/** `changed` is the member whose rights are others now; `issuedLink` is shown in the answer itself, and kept nowhere. */
type Done = Readonly<{ toast?: Toast; changed?: number; issuedLink?: MembersProps['issuedLink'] }>

/** Does what a row's form asks for, and answers with the list as it is then: a stale row is no reason to leave the page. */
async function act(visit: Visit, work: () => Promise<Done>): Promise<Response> {
  const { request, viewer, state } = visit
  try {
    const { toast, changed, issuedLink } = await work()
    // His own rights have changed: whether he may still see this page is for the next request to find out.
    if (changed === viewer.person.userId) return goTo(request, '/', toast)
    if (issuedLink) return await show(visit, { issuedLink })
    return isPartial(request)
      ? await show(visit, {}, { toasts: toast ? [toast] : [] })
      : goTo(request, membersHref(state), toast)
  } catch (error) {
    if (!(error instanceof AppError) || !['conflict', 'not_found', 'invalid'].includes(error.kind)) throw error
    const toast = { tone: 'danger', text: error.message } as const
    if (!isPartial(request)) return goTo(request, membersHref(state), toast)
    return await show(visit, {}, { status: STATUS[error.kind], toasts: [toast] })
  }
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

type Shown = Pick<MembersProps, 'cursor' | 'draft' | 'issuedLink'>

async function show(
  visit: Visit,
  shown: Shown,
  answer: Readonly<{ status?: number; toasts?: readonly Toast[] }> = {},
): Promise<Response> {
  const { door, request, viewer } = visit
  const props = { ...(await listOf(visit, shown.cursor)), ...shown }
  if (isPartial(request)) {
    const announcement = `${plural(props.rows.length, 'person', 'people')} shown`
    return fragment({ ...answer, announcement }, MembersCard(props))
  }
  return shellPage(door, request, viewer, { title: 'Members', section: 'Workspace', ...answer }, MembersContent(props))
}

async function listOf(visit: Visit, cursor: string | undefined): Promise<MembersProps> {
  const { door, viewer, scope, state } = visit
  const { ctx } = door
  const people = await listPeople(ctx, scope, { filter: state.filter, search: state.q, cursor })
  const members = people.members.map((member) => ({
    ...member,
    lastActiveAt: member.lastActiveAt ?? undefined,
    isSelf: member.userId === viewer.person.userId,
  }))
  const invites = people.invites.map(({ id, mailState, ...invite }) => ({
    ...invite,
    inviteId: id,
    invitedBy: invite.invitedBy ?? undefined,
    mail: mailState,
    mailError: invite.mailError ?? undefined,
  }))
  return {
    orgName: viewer.org?.name ?? '',
    state,
    counts: people.counts,
    rows: [...members, ...invites],
    nextCursor: people.nextCursor,
    canEditMembers: viewer.permissions.has('member.edit'),
    canInvite: viewer.permissions.has('invite.edit'),
    canSendMail: ctx.mail.isConfigured,
    now: ctx.clock.now(),
  }
}

function stateOf(source: unknown): ListState {
  const wanted = fieldOf(source, 'filter')
  const filter = PEOPLE_FILTERS.find((known) => known === wanted) ?? 'all'
  return { filter, q: fieldOf(source, 'q').slice(0, SEARCH_CHARS_MAX) }
}

/** `?invite=1` opens the dialog without a script; an expired row's "Invite again" fills it in. */
function draftOf(query: unknown): MembersProps['draft'] {
  if (fieldOf(query, 'invite') !== '1') return undefined
  const role = fieldOf(query, 'role')
  return { email: fieldOf(query, 'email') || undefined, role: isRole(role) ? role : undefined }
}

function resent(email: string): Toast {
  return { tone: 'success', text: `A new link is on its way to ${email}.` }
}

function notResent(email: string, words: string): Toast {
  return { tone: 'danger', text: `The mail to ${email} failed: ${words}` }
}
