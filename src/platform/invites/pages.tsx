import { Elysia } from 'elysia'
import { AppError } from '#core/errors.ts'
import { type Door, findVisitor } from '#http/admit.ts'
import { STATUS } from '#http/errors.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { isLicenseRefusal } from '#http/license-gate.ts'
import { cardPage, fieldOf, fragment, goTo, isPartial } from '#http/page.tsx'
import { callerOf } from '#http/request-facts.ts'
import type { Viewer } from '#http/viewer.ts'
import {
  type AcceptCase,
  AcceptInviteContent,
  AcceptInviteForm,
  type AcceptInviteProps,
  InviteGoneContent,
} from '#views/members/accept-invite.tsx'
import { type Accepted, acceptInvite, findOpenInvite, type OpenInvite } from './acceptance.ts'

/** `/accept-invite`, for whoever holds a link. */
export function invitesPages(door: Door) {
  return new Elysia({ prefix: '/accept-invite' })
    .use(gate(door))
    .get('', ({ request, query }) => showInvitation(door, request, fieldOf(query, 'token')), { open: true })
    .post('', ({ request, body }) => accept(door, request, body), { open: true })
}

async function showInvitation(door: Door, request: Request, token: string): Promise<Response> {
  const invite = await findOpenInvite(door.ctx, token)
  if (!invite) return gone(request, token)
  const shown = caseOf(invite, await findVisitor(door, request))
  return answer(request, { invitation: invitationOf(door, invite, token), case: shown }, 200)
}

async function accept(door: Door, request: Request, form: unknown): Promise<Response> {
  const token = fieldOf(form, 'token')
  const invite = await findOpenInvite(door.ctx, token)
  if (!invite) return gone(request, token)
  const visitor = await findVisitor(door, request)
  const shown = caseOf(invite, visitor)
  const props = { invitation: invitationOf(door, invite, token), case: shown }
  if (shown.kind === 'someone-else') return answer(request, props, STATUS.forbidden)
  const name = fieldOf(form, 'name')
  try {
    const input = { token, name, password: fieldOf(form, 'password') }
    return welcome(request, invite, await acceptInvite(door.ctx, callerOf(request), visitor?.person, input))
  } catch (error) {
    if (error instanceof AppError && error.kind === 'gone') return gone(request, token)
    if (error instanceof AppError && error.code === 'already_member') {
      return goTo(request, '/', { tone: 'info', text: error.message })
    }
    return refuse(request, props, name, error)
  }
}

/** Nobody is signed in by a link: a new account proves its password at the sign-in. */
function welcome(request: Request, invite: OpenInvite, { isNewAccount, org }: Accepted): Response {
  if (!isNewAccount) return goTo(request, '/', { tone: 'success', text: `You are a member of ${org.name} now.` })
  const toast = { tone: 'success', text: `Welcome to ${org.name}. Sign in with the password you chose.` } as const
  return goTo(request, `/login?email=${encodeURIComponent(invite.email)}`, toast)
}

function refuse(request: Request, props: AcceptInviteProps, name: string, error: unknown): Response {
  if (error instanceof AppError && (error.code === 'password_reset_required' || isLicenseRefusal(error))) throw error
  const { status, fault, faults } = refusalFor(error, ['invalid', 'unauthenticated', 'forbidden'])
  if (status === STATUS.invalid)
    return answer(request, { ...props, case: { kind: 'new-account', name, faults } }, status)
  return answer(request, { ...props, case: { kind: 'sign-in-first' }, fault }, status)
}

function caseOf(invite: OpenInvite, visitor: Viewer | undefined): AcceptCase {
  if (visitor && visitor.person.email !== invite.email)
    return { kind: 'someone-else', viewerEmail: visitor.person.email }
  if (visitor) return { kind: 'signed-in' }
  return invite.account ? { kind: 'sign-in-first' } : { kind: 'new-account' }
}

function invitationOf(door: Door, invite: OpenInvite, token: string): AcceptInviteProps['invitation'] {
  const { email, role, expiresAt, org, inviter } = invite
  return {
    token,
    orgName: org.name,
    email,
    role,
    expiresAt,
    invitedBy: inviter ?? undefined,
    now: door.ctx.clock.now(),
  }
}

function answer(request: Request, props: AcceptInviteProps, status: number): Response {
  if (isPartial(request)) return fragment({ status }, AcceptInviteForm(props))
  return cardPage(request, { title: `Join ${props.invitation.orgName}`, status }, AcceptInviteContent(props))
}

/** A form whose link has died meanwhile leads to the page that says so. */
function gone(request: Request, token: string): Response {
  if (isPartial(request)) return goTo(request, `/accept-invite?token=${encodeURIComponent(token)}`)
  return cardPage(request, { title: 'This invitation no longer works', status: STATUS.gone }, InviteGoneContent())
}
