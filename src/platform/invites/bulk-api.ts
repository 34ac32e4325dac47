import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { describe } from '#http/describe.ts'
import { gate } from '#http/gate.ts'
import { exactly, Id } from '#http/schemas.ts'
import { BATCH_MAX } from './batch.ts'
import { resendInvites } from './bulk-resend.ts'
import { revokeInvites } from './bulk-revoke.ts'
import { revocationWords } from './bulk-words.ts'

const TAG = 'Invitations'

const Ids = exactly({
  ids: Type.Array(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), {
    minItems: 1,
    maxItems: BATCH_MAX,
    description: 'Repeated ids count once.',
  }),
})
const Count = Type.Integer({ minimum: 0 })
const Revocation = Type.Object({
  revoked: Count,
  requested: Type.Integer({ minimum: 1, description: 'Distinct ids of the request.' }),
  skipped: Type.Object({ accepted: Count, revoked: Count, expired: Count }),
  message: Type.String(),
})
const Resend = Type.Object({
  sent: Type.Array(Id),
  skipped: Type.Array(
    Type.Object({
      id: Id,
      reason: Type.Union(
        (['accepted', 'revoked', 'expired', 'send_failed'] as const).map((reason) => Type.Literal(reason)),
      ),
    }),
  ),
})

const REVOKE = describe({
  tag: TAG,
  summary: 'Revoke many invitations',
  description:
    'Their links are gone at once. What is accepted, revoked or expired stays as it is; an id without an invitation of ' +
    'this org counts as requested and nowhere else.',
  answers: {
    200: {
      description: 'How many were revoked.',
      schema: Revocation,
      example: {
        revoked: 3,
        requested: 5,
        skipped: { accepted: 2, revoked: 0, expired: 0 },
        message: 'Revoked 3 of 5 (2 already accepted)',
      },
    },
  },
  requestExample: { ids: [5, 6, 7, 8, 9] },
})
const RESEND = describe({
  tag: TAG,
  summary: 'Send many invitations again',
  description:
    'Each gets a new link for another 7 days. The mails are tried at once, 8 at a time, for 5 seconds each and 40 in all; ' +
    '`mail_error` of the invitation holds the words of a server that refused. An id without an invitation of this org is ' +
    'in neither list. Without a mail server nothing changes, and each open one is `send_failed`.',
  answers: {
    200: {
      description: 'What was sent, and what was not.',
      schema: Resend,
      example: { sent: [5, 6], skipped: [{ id: 7, reason: 'accepted' }] },
    },
  },
  requestExample: { ids: [5, 6, 7] },
})

/** `/api/invites/bulk-…`: one request for up to 200 invitations. */
export function bulkInvitesApi(door: Door) {
  const { ctx } = door
  return new Elysia()
    .use(gate(door))
    .post(
      '/bulk-revoke',
      async ({ scope, body }) => {
        const done = await revokeInvites(ctx, scope, body.ids)
        return { ...done, message: revocationWords(done) }
      },
      { requires: 'invite.edit', body: Ids, detail: REVOKE },
    )
    .post(
      '/bulk-resend',
      async ({ scope, body }) => {
        const { sent, skipped } = await resendInvites(ctx, scope, body.ids)
        return { sent, skipped }
      },
      { requires: 'invite.edit', body: Ids, detail: RESEND },
    )
}
