import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { localPath } from '#http/local-path.ts'
import { cardPage, fieldOf, fragment, goTo, isPartial, shellPage } from '#http/page.tsx'
import { callerOf } from '#http/request-facts.ts'
import { endSession, replaceSession } from '#http/session.ts'
import type { Viewer } from '#http/viewer.ts'
import { updateProfile } from '#platform/account/account.ts'
import { changePassword } from '#platform/sessions/password.ts'
import { signOutEverywhere } from '#platform/sessions/sign-in.ts'
import { countTokens } from '#platform/tokens/token.ts'
import { AccountContent, PasswordForm, type PasswordFormProps, ProfileForm } from '#views/account/account.tsx'
import { PasswordDueContent, PasswordDueForm } from '#views/sessions/password-due.tsx'

type Refused = Readonly<{
  status?: number
  headers?: Record<string, string>
  profileFault?: string
  password?: Omit<PasswordFormProps, 'email'>
}>

/** `/account`, and `/account/password` while a change is due. `/` leads to the first page of a role. */
export function accountPages(door: Door) {
  return new Elysia()
    .use(gate(door))
    .get('/', ({ request, viewer }) => goTo(request, homeOf(viewer)), { signedIn: true })
    .get('/account', async ({ request, viewer }) => showAccount(door, request, viewer, {}), { signedIn: true })
    .post('/account/profile', async ({ request, viewer, body }) => saveProfile(door, request, viewer, body), {
      signedIn: true,
    })
    .get('/account/password', ({ request, viewer, query }) => showDue(request, viewer, query), {
      signedIn: { resetDue: true, interactive: true },
    })
    .post('/account/password', async ({ request, viewer, body }) => savePassword(door, request, viewer, body), {
      signedIn: { resetDue: true, interactive: true },
    })
    .post(
      '/account/sign-out-everywhere',
      async ({ request, viewer, body }) => {
        await signOutEverywhere(door.ctx, viewer.self, { tokens: fieldOf(body, 'tokens') !== '' })
        endSession(request)
        return goTo(request, '/login', { tone: 'success', text: 'You are signed out everywhere.' })
      },
      { signedIn: { resetDue: true, interactive: true } },
    )
}

function homeOf(viewer: Viewer): string {
  return viewer.permissions.has('member.read') ? '/members' : '/account'
}

async function showAccount(door: Door, request: Request, viewer: Viewer, refused: Refused): Promise<Response> {
  const { name, email } = viewer.person
  const tokenCount = await countTokens(door.ctx, viewer.self)
  const content = AccountContent({
    profile: { name, email, fault: refused.profileFault },
    password: { email, ...refused.password },
    signOut: { tokenCount },
  })
  const { status = 200, headers = {} } = refused
  const options = { title: 'Account', section: 'You', status, headers }
  return shellPage(door, request, viewer, options, content)
}

async function saveProfile(door: Door, request: Request, viewer: Viewer, form: unknown): Promise<Response> {
  const name = fieldOf(form, 'name')
  const { email } = viewer.person
  try {
    const saved = await updateProfile(door.ctx, viewer.self, [], { name })
    const toast = { tone: 'success', text: 'Your name is saved.' } as const
    if (isPartial(request)) return fragment({ toasts: [toast] }, ProfileForm({ name: saved.name, email }))
    return goTo(request, '/account', toast)
  } catch (error) {
    const { status, fault } = refusalFor(error, ['invalid'])
    if (isPartial(request)) return fragment({ status }, ProfileForm({ name, email, fault }))
    return showAccount(door, request, viewer, { status, profileFault: fault })
  }
}

function showDue(request: Request, viewer: Viewer, query: object): Response {
  const next = localPath(fieldOf(query, 'next'))
  if (!viewer.person.mustResetPassword) return goTo(request, '/account')
  const content = PasswordDueContent({ email: viewer.person.email, ...(next !== '/' && { next }) })
  return cardPage(request, { title: 'Choose your own password' }, content)
}

async function savePassword(door: Door, request: Request, viewer: Viewer, form: unknown): Promise<Response> {
  const { email } = viewer.person
  const isDue = fieldOf(form, 'due') !== ''
  const next = localPath(fieldOf(form, 'next'))
  const caller = { ...callerOf(request), deviceId: viewer.session?.jti }
  const passwords = { oldPassword: fieldOf(form, 'old_password'), newPassword: fieldOf(form, 'new_password') }
  try {
    const user = await changePassword(door.ctx, viewer.self, caller, passwords)
    await replaceSession(request, door.bearer, user)
  } catch (error) {
    const { status, fault, faults, headers } = refusalFor(error, ['invalid', 'forbidden', 'limited'])
    const shown = Object.keys(faults).length > 0 ? { faults } : { fault }
    if (isDue) {
      const due = { email, ...(next !== '/' && { next }), ...shown }
      if (isPartial(request)) return fragment({ status, headers }, PasswordDueForm(due))
      return cardPage(request, { title: 'Choose your own password', status, headers }, PasswordDueContent(due))
    }
    if (isPartial(request)) return fragment({ status, headers }, PasswordForm({ email, ...shown }))
    return showAccount(door, request, viewer, { status, headers, password: shown })
  }
  const toast = { tone: 'success', text: 'Your password is changed. Your other sessions ended.' } as const
  if (isDue) return goTo(request, next, toast)
  return isPartial(request) ? fragment({ toasts: [toast] }, PasswordForm({ email })) : goTo(request, '/account', toast)
}
