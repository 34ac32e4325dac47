import { Type } from '@sinclair/typebox'
import { Elysia, t } from 'elysia'
import { ROLES } from '#core/access/roles.ts'
import { LICENSE_CODES } from '#core/license/gate.ts'
import { type Door, findVisitor } from '#http/admit.ts'
import { describe } from '#http/describe.ts'
import { gate } from '#http/gate.ts'
import { pageAnswer, pageRequest } from '#http/pagination.ts'
import { callerOf } from '#http/request-facts.ts'
import { exactly, Id, IdParams, MaybeTime, PageQuery, pageOf, Time } from '#http/schemas.ts'
import { acceptInvite, requireOpenInvite } from './acceptance.ts'
import { bulkInvitesApi } from './bulk-api.ts'
import { createInvite, type Invite, type IssuedInvite, listInvites, revokeInvite } from './invite.ts'
import { INVITE_STATUSES } from './invite-state.ts'
import { resendInvite } from './resend.ts'

const TAG = 'Invitations'
const TOKEN_CHARS_MAX = 200
const CLOSED = ['already_accepted', 'already_revoked', 'invite_expired']

const MaybeText = Type.Union([Type.String(), Type.Null()])
const RoleName = Type.Union(ROLES.map((role) => Type.Literal(role)))
const SHOWN = {
  id: Id,
  email: Type.String(),
  role: RoleName,
  status: Type.Union(INVITE_STATUSES.map((status) => Type.Literal(status))),
  invited_by: Type.Union([Type.String(), Type.Null()], { description: "The inviter's name." }),
  created_at: Time,
  expires_at: Time,
  ended_at: MaybeTime,
  mail_state: Type.Union(
    (['queued', 'sent', 'failed', 'link'] as const).map((state) => Type.Literal(state)),
    { description: '`link`: without a mail server the inviter passes the link on.' },
  ),
  mail_error: Type.Union([Type.String(), Type.Null()], {
    description: "The mail server's words; beside `queued` those of the last try, with another to come.",
  }),
}
const ACCEPT_URL = {
  accept_url: Type.Optional(Type.String({ description: 'Only without a mail server, and shown here once.' })),
}
const InviteObject = Type.Object(SHOWN)
const IssuedObject = Type.Object({ ...SHOWN, ...ACCEPT_URL })
const ResentObject = Type.Object({ ...SHOWN, ...ACCEPT_URL, send_failed: MaybeText })
const Org = Type.Object({ id: Id, slug: Type.String(), name: Type.String() })
const Opened = Type.Object({
  email: Type.String(),
  org: Org,
  role: RoleName,
  existing_account: Type.Boolean({ description: 'True: accept with the bearer of that account.' }),
})
const Accepted = Type.Object({ user_id: Id, org: Org, role: RoleName })

const ListQuery = t.Object(
  { ...PageQuery, status: t.Optional(t.Union(INVITE_STATUSES.map((status) => t.Literal(status)))) },
  { additionalProperties: false },
)
const TokenQuery = t.Object({ token: t.String({ maxLength: TOKEN_CHARS_MAX }) }, { additionalProperties: false })
const NewInvite = exactly({ email: Type.String({ maxLength: 320 }), role: RoleName })
const Acceptance = exactly({
  token: Type.String({ maxLength: TOKEN_CHARS_MAX, description: 'The token of the link.' }),
  password: Type.Optional(Type.String({ maxLength: 1024 })),
  name: Type.Optional(Type.String({ maxLength: 1000 })),
})

const EXAMPLE = {
  id: 5,
  email: 'grace@example.com',
  role: 'designer',
  status: 'pending',
  invited_by: 'Ada Byron',
  created_at: '2026-01-31T09:00:00.000Z',
  expires_at: '2026-02-07T09:00:00.000Z',
  ended_at: null,
  mail_state: 'queued',
  mail_error: null,
}
const JOINED = { org: { id: 1, slug: 'acme', name: 'Acme' }, role: 'designer' }

const LIST = describe({
  tag: TAG,
  summary: 'List the invitations',
  answers: {
    200: {
      description: 'Newest first.',
      schema: pageOf(InviteObject),
      example: { items: [EXAMPLE], next_cursor: null },
    },
  },
  errors: { 422: ['invalid_query'] },
})
const CREATE = describe({
  tag: TAG,
  summary: 'Invite a person by e-mail',
  description: 'The link in the mail is valid for 7 days. An expired invitation does not stand in the way.',
  answers: { 201: { description: 'Invited.', schema: IssuedObject, example: EXAMPLE } },
  errors: { 409: ['already_member', 'already_invited', 'license_user_limit'], 422: ['invalid_email'] },
  requestExample: { email: 'grace@example.com', role: 'designer' },
})
const REVOKED_EXAMPLE = { ...EXAMPLE, status: 'revoked', ended_at: '2026-02-01T09:00:00.000Z' }
const REVOKE = describe({
  tag: TAG,
  summary: 'Revoke an invitation',
  description: 'Its link is gone at once.',
  answers: { 200: { description: 'Revoked.', schema: InviteObject, example: REVOKED_EXAMPLE } },
  errors: { 404: ['not_found'], 409: CLOSED },
})
const RESEND = describe({
  tag: TAG,
  summary: 'Send an invitation again',
  description: 'A new link for another 7 days; the old one is gone. The mail is tried at once, for 5 seconds.',
  answers: {
    200: {
      description: "A new link was made. `send_failed` holds the mail server's words when it did not take the mail.",
      schema: ResentObject,
      example: { ...EXAMPLE, mail_state: 'sent', send_failed: null },
    },
  },
  errors: { 404: ['not_found'], 409: CLOSED },
})
const LOOK_UP = describe({
  tag: TAG,
  summary: 'What a link is good for',
  answers: {
    200: {
      description: 'It is open.',
      schema: Opened,
      example: { email: 'grace@example.com', ...JOINED, existing_account: false },
    },
  },
  errors: { 410: ['invite_gone'] },
})
const ACCEPT = describe({
  tag: TAG,
  summary: 'Accept an invitation',
  description:
    'A new account needs `name` and `password`. An existing one sends its own bearer token and keeps its password. ' +
    'The answer holds no token: sign in.',
  answers: { 201: { description: 'Joined.', schema: Accepted, example: { user_id: 2, ...JOINED } } },
  errors: {
    401: ['sign_in_required'],
    403: ['wrong_account', 'account_deactivated', 'password_reset_required', ...LICENSE_CODES],
    409: ['already_member', 'license_user_limit'],
    410: ['invite_gone'],
    422: ['name_required', 'password_required', 'invalid_name', 'weak_password'],
  },
  requestExample: { token: 'the token of the link', name: 'Grace Hopper', password: 'nanoseconds by the foot' },
  isBearerOptional: true,
})

/** `/api/invites`: asking people into the org, and joining it. */
export function invitesApi(door: Door) {
  return new Elysia({ prefix: '/api/invites' })
    .use(administration(door))
    .use(bulkInvitesApi(door))
    .use(acceptance(door))
}

function administration(door: Door) {
  const { ctx } = door
  return new Elysia()
    .use(gate(door))
    .get(
      '',
      async ({ scope, query }) => {
        const page = pageRequest(query)
        const rows = await listInvites(ctx, scope, { ...page, status: query.status })
        const { items, nextCursor } = pageAnswer(rows, page.shown)
        return { items: items.map(inviteOf), next_cursor: nextCursor }
      },
      { requires: 'member.read', query: ListQuery, detail: LIST },
    )
    .post(
      '',
      async ({ scope, body, set }) => {
        const issued = await createInvite(ctx, scope, body)
        set.status = 201
        return issuedOf(issued)
      },
      { requires: 'invite.edit', body: NewInvite, detail: CREATE },
    )
    .post('/:id/revoke', async ({ scope, params }) => inviteOf(await revokeInvite(ctx, scope, params.id)), {
      requires: 'invite.edit',
      params: IdParams,
      detail: REVOKE,
    })
    .post(
      '/:id/resend',
      async ({ scope, params }) => {
        const resent = await resendInvite(ctx, scope, params.id)
        return { ...issuedOf(resent), send_failed: resent.sendFailed ?? null }
      },
      { requires: 'invite.edit', params: IdParams, detail: RESEND },
    )
}

function acceptance(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/accept' })
    .use(gate(door))
    .get(
      '',
      async ({ query }) => {
        const { email, org, role, account } = await requireOpenInvite(ctx, query.token)
        return { email, org, role, existing_account: account !== null }
      },
      { open: true, query: TokenQuery, detail: LOOK_UP },
    )
    .post(
      '',
      async ({ request, body, set }) => {
        const visitor = await findVisitor(door, request)
        const { userId, org, role } = await acceptInvite(ctx, callerOf(request), visitor?.person, body)
        set.status = 201
        return { user_id: userId, org, role }
      },
      { open: true, body: Acceptance, detail: ACCEPT },
    )
}

function issuedOf({ invite, acceptUrl }: IssuedInvite) {
  return { ...inviteOf(invite), ...(acceptUrl !== undefined && { accept_url: acceptUrl }) }
}

function inviteOf(invite: Invite) {
  return {
    id: invite.id,
    email: invite.email,
    role: invite.role,
    status: invite.status,
    invited_by: invite.invitedBy,
    created_at: invite.createdAt.toISOString(),
    expires_at: invite.expiresAt.toISOString(),
    ended_at: invite.endedAt?.toISOString() ?? null,
    mail_state: invite.mailState,
    mail_error: invite.mailError,
  }
}
