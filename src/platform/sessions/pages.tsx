import { Elysia } from 'elysia'
import { accountOf } from '#core/access/attempts.ts'
import { AppError } from '#core/errors.ts'
import { hasAnyOwnRelay } from '#core/mail/org-mail.ts'
import { type Door, findVisitor } from '#http/admit.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { localPath } from '#http/local-path.ts'
import { cardPage, fieldOf, fragment, goTo, isPartial, setTheme } from '#http/page.tsx'
import { callerOf } from '#http/request-facts.ts'
import { endSession, findDevice, startSession } from '#http/session.ts'
import { normalizeEmail } from '#lib/email.ts'
import { forgotPassword, requireResetUser, resetPassword } from '#platform/sessions/password.ts'
import { signIn, signOut } from '#platform/sessions/sign-in.ts'
import { ForgotPasswordContent, ForgotPasswordForm } from '#views/sessions/forgot-password.tsx'
import { LoginContent, LoginForm, type LoginProps } from '#views/sessions/login.tsx'
import { ResetPasswordContent, ResetPasswordForm, ResetPasswordGoneContent } from '#views/sessions/reset-password.tsx'

/** `/login`, `/logout`, `/forgot-password`, `/reset-password`, `/theme`. */
export function sessionsPages(door: Door) {
  return new Elysia()
    .use(gate(door))
    .get('/login', async ({ request, query }) => showLogin(door, request, query), { open: true })
    .post('/login', async ({ request, body }) => login(door, request, body), { open: true })
    .post('/logout', async ({ request, body }) => logout(door, request, body), { open: true })
    .get('/forgot-password', async ({ request }) => showForgot(door, request), { open: true })
    .post('/forgot-password', async ({ request, body }) => forgot(door, request, body), { open: true })
    .get('/reset-password', async ({ request, query }) => showReset(door, request, query), { open: true })
    .post('/reset-password', async ({ request, body }) => reset(door, request, body), { open: true })
    .post(
      '/theme',
      ({ request, body }) => {
        setTheme(request, fieldOf(body, 'theme'))
        return goTo(request, localPath(fieldOf(body, 'next')))
      },
      { open: true },
    )
}

async function showLogin(door: Door, request: Request, query: object): Promise<Response> {
  const next = localPath(fieldOf(query, 'next'))
  if (await findVisitor(door, request)) return goTo(request, next)
  const props = { email: fieldOf(query, 'email'), ...(next !== '/' && { next }) }
  return cardPage(request, { title: 'Sign in' }, LoginContent(props))
}

async function login(door: Door, request: Request, form: unknown): Promise<Response> {
  const username = fieldOf(form, 'username')
  const next = localPath(fieldOf(form, 'next'))
  const account = accountOf(normalizeEmail(username) ?? username)
  const deviceId = await findDevice(request, door.bearer, account)
  try {
    const caller = { ...callerOf(request), deviceId }
    const user = await signIn(door.ctx, caller, { username, password: fieldOf(form, 'password') })
    await startSession(request, door.bearer, user, account)
    return goTo(request, next)
  } catch (error) {
    const { status, fault, headers } = refusalFor(error, ['unauthenticated', 'limited', 'invalid'])
    const props: LoginProps = { email: username, fault, ...(next !== '/' && { next }) }
    if (isPartial(request)) return fragment({ status, headers }, LoginForm(props))
    return cardPage(request, { title: 'Sign in', status, headers }, LoginContent(props))
  }
}

async function logout(door: Door, request: Request, form: unknown): Promise<Response> {
  const viewer = await findVisitor(door, request)
  if (viewer?.session) await signOut(door.ctx, viewer.self, viewer.session.jti)
  endSession(request)
  const next = localPath(fieldOf(form, 'next'), '/login')
  return goTo(request, next, { tone: 'success', text: 'You are signed out.' })
}

async function showForgot(door: Door, request: Request): Promise<Response> {
  const canSendMail = await sendsMail(door)
  return cardPage(request, { title: 'Reset your password' }, ForgotPasswordContent({ canSendMail }))
}

async function forgot(door: Door, request: Request, form: unknown): Promise<Response> {
  const email = fieldOf(form, 'email')
  const canSendMail = await sendsMail(door)
  const title = 'Reset your password'
  try {
    await forgotPassword(door.ctx, { email })
    const props = { canSendMail, isSent: true }
    if (isPartial(request)) return fragment({}, ForgotPasswordForm(props))
    return cardPage(request, { title }, ForgotPasswordContent(props))
  } catch (error) {
    const { status, fault } = refusalFor(error, ['invalid'])
    const props = { canSendMail, email, fault }
    if (isPartial(request)) return fragment({ status }, ForgotPasswordForm(props))
    return cardPage(request, { title, status }, ForgotPasswordContent(props))
  }
}

/** Nobody is signed in, so whose mail it is stays open: it is enough that some mail can leave. */
async function sendsMail({ ctx }: Door): Promise<boolean> {
  return ctx.mail.hasPlatformRelay || (await hasAnyOwnRelay(ctx.db))
}

async function showReset(door: Door, request: Request, query: object): Promise<Response> {
  const token = fieldOf(query, 'token')
  try {
    await requireResetUser(door.ctx, token)
    return cardPage(request, { title: 'Choose a new password' }, ResetPasswordContent({ token }))
  } catch (error) {
    return resetGone(request, error)
  }
}

async function reset(door: Door, request: Request, form: unknown): Promise<Response> {
  const token = fieldOf(form, 'token')
  try {
    await resetPassword(door.ctx, callerOf(request), { token, newPassword: fieldOf(form, 'new_password') })
  } catch (error) {
    if (error instanceof AppError && error.kind === 'gone') return resetGone(request, error)
    const { status, fault } = refusalFor(error, ['invalid'])
    const props = { token, passwordFault: fault }
    if (isPartial(request)) return fragment({ status }, ResetPasswordForm(props))
    return cardPage(request, { title: 'Choose a new password', status }, ResetPasswordContent(props))
  }
  endSession(request)
  return goTo(request, '/login', { tone: 'success', text: 'Your password is changed. Sign in with it.' })
}

function resetGone(request: Request, error: unknown): Response {
  if (!(error instanceof AppError) || error.kind !== 'gone') throw error
  if (isPartial(request)) return goTo(request, '/reset-password')
  return cardPage(request, { title: 'This link no longer works', status: 410 }, ResetPasswordGoneContent())
}
