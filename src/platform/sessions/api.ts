import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { describe } from '#http/describe.ts'
import { gate } from '#http/gate.ts'
import { callerOf } from '#http/request-facts.ts'
import { exactly, Message } from '#http/schemas.ts'
import { changePassword, forgotPassword, resetPassword } from '#platform/sessions/password.ts'
import { type SignedIn, signIn, signOut, signOutEverywhere } from '#platform/sessions/sign-in.ts'

const TAG = 'Authentication'
const Password = Type.String({ maxLength: 1024 })

const Token = Type.Object({
  access_token: Type.String({ description: 'A JWT for the Authorization header.' }),
  token_type: Type.Literal('bearer'),
  must_reset_password: Type.Boolean({ description: 'Until the password is changed, nothing else works.' }),
})
const TOKEN_EXAMPLE = { access_token: 'eyJhbGciOi…', token_type: 'bearer', must_reset_password: false }
const ASKED = { message: 'If this e-mail has an account, a link is on its way to it.' }
const tokenAnswer = { 200: { description: 'A fresh token.', schema: Token, example: TOKEN_EXAMPLE } }

/** `/api/auth/*`: sign-in, passwords and the end of sessions. */
export function sessionsApi(door: Door) {
  return new Elysia({ prefix: '/api/auth' }).use(loginRoute(door)).use(passwordRoutes(door)).use(endRoutes(door))
}

async function tokenFor(door: Door, user: SignedIn) {
  const { token } = await door.bearer.sign(user)
  return { access_token: token, token_type: 'bearer' as const, must_reset_password: user.mustResetPassword }
}

function loginRoute(door: Door) {
  return new Elysia()
    .use(gate(door))
    .post('/login', async ({ body, request }) => tokenFor(door, await signIn(door.ctx, callerOf(request), body)), {
      open: true,
      body: exactly({ username: Type.String({ maxLength: 320, description: 'The e-mail.' }), password: Password }),
      detail: describe({
        tag: TAG,
        summary: 'Sign in',
        description:
          'The token lives for `JWT_EXPIRE_MINUTES`. Ten failures in 15 minutes lock this client out of the account.',
        answers: tokenAnswer,
        errors: { 401: ['invalid_credentials'], 429: ['locked_out'] },
        requestExample: { username: 'ada@example.com', password: 'correct horse battery' },
      }),
    })
}

function passwordRoutes(door: Door) {
  const { ctx } = door
  return new Elysia()
    .use(gate(door))
    .post(
      '/change-password',
      async ({ body, request, viewer }) => {
        const passwords = { oldPassword: body.old_password, newPassword: body.new_password }
        // The session has a count of its own, so that strangers' guesses never keep its owner from changing the password.
        const caller = { ...callerOf(request), deviceId: viewer.session?.jti }
        return tokenFor(door, await changePassword(ctx, viewer.self, caller, passwords))
      },
      {
        signedIn: { resetDue: true, interactive: true },
        body: exactly({ old_password: Password, new_password: Password }),
        detail: CHANGE,
      },
    )
    .post(
      '/forgot-password',
      async ({ body, set }) => {
        await forgotPassword(ctx, body)
        set.status = 202
        return ASKED
      },
      { open: true, body: exactly({ email: Type.String({ maxLength: 320 }) }), detail: FORGOT },
    )
    .post(
      '/reset-password',
      async ({ body, request }) => {
        const input = { token: body.token, newPassword: body.new_password }
        return tokenFor(door, await resetPassword(ctx, callerOf(request), input))
      },
      { open: true, body: exactly({ token: Type.String({ maxLength: 200 }), new_password: Password }), detail: RESET },
    )
}

const CHANGE = describe({
  tag: TAG,
  summary: 'Change your password',
  description: 'Every other session ends. Personal access tokens stay.',
  answers: tokenAnswer,
  errors: { 403: ['wrong_password'], 422: ['weak_password', 'same_password'], 429: ['locked_out'] },
  requestExample: { old_password: 'correct horse battery', new_password: 'staple of a new kind' },
})

const FORGOT = describe({
  tag: TAG,
  summary: 'Ask for a reset link',
  description: 'The answer is the same whether or not there is an account. At most three mails an hour.',
  answers: { 202: { description: 'Asked.', schema: Message, example: ASKED } },
  errors: { 422: ['invalid_email'] },
  requestExample: { email: 'ada@example.com' },
})

const RESET = describe({
  tag: TAG,
  summary: 'Set a new password by a mailed token',
  answers: tokenAnswer,
  errors: { 410: ['reset_gone'], 422: ['weak_password'] },
  requestExample: { token: 'the token of the link', new_password: 'staple of a new kind' },
})

function endRoutes(door: Door) {
  const { ctx } = door
  return new Elysia()
    .use(gate(door))
    .post(
      '/logout',
      async ({ viewer }) => {
        if (viewer.session) await signOut(ctx, viewer.self, viewer.session.jti)
        return { message: 'Signed out.' }
      },
      { signedIn: { resetDue: true, interactive: true }, detail: LOGOUT },
    )
    .post(
      '/sign-out-everywhere',
      async ({ viewer, body }) => {
        const { tokensRevoked } = await signOutEverywhere(ctx, viewer.self, { tokens: body?.tokens ?? false })
        return { message: 'Signed out everywhere.', tokens_revoked: tokensRevoked }
      },
      { signedIn: { resetDue: true, interactive: true }, body: Everywhere, detail: EVERYWHERE },
    )
}

const LOGOUT = describe({
  tag: TAG,
  summary: 'End this session',
  description: 'Every token with the `jti` of this one is refused from now on.',
  answers: { 200: { description: 'Ended.', schema: Message, example: { message: 'Signed out.' } } },
})

const Everywhere = Type.Optional(
  exactly({ tokens: Type.Optional(Type.Boolean({ description: 'Revoke every personal access token, too.' })) }),
)

const EVERYWHERE = describe({
  tag: TAG,
  summary: 'End every session',
  answers: {
    200: {
      description: 'Ended, this one included.',
      schema: Type.Object({ message: Type.String(), tokens_revoked: Type.Integer({ minimum: 0 }) }),
      example: { message: 'Signed out everywhere.', tokens_revoked: 2 },
    },
  },
  requestExample: { tokens: true },
})
