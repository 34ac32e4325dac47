import { Elysia } from 'elysia'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import type { Door } from '#http/admit.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { fieldOf, fragment, goTo, isPartial, shellPage } from '#http/page.tsx'
import type { Viewer } from '#http/viewer.ts'
import { SmtpCards, SmtpContent, type SmtpProps } from '#views/smtp/smtp.tsx'
import type { SmtpFormProps } from '#views/smtp/smtp-form.tsx'
import type { TestFormProps } from '#views/smtp/test-form.tsx'
import type { Toast } from '#views/ui/toast.tsx'
import { mailRouteOf } from './route.ts'
import { findSmtp, removeSmtp, type SmtpSettings, saveSmtp } from './smtp.ts'
import { sendTestMail } from './test-mail.ts'

const PATH = '/smtp'
const SAVED = { tone: 'success', text: 'The mail server is saved. Send a test mail to see that it works.' } as const
const REMOVED = { tone: 'success', text: 'The mail server is removed.' } as const
const NOTHING = { host: '', port: '587', tls: 'starttls', username: '', from: '' }

/** `/smtp`: where the org's mails go, its own mail server, and a mail to try it. */
export function smtpPages(door: Door) {
  return new Elysia({ prefix: PATH })
    .use(gate(door))
    .get('', ({ request, viewer, scope }) => show({ door, request, viewer, scope }, {}), { requires: 'smtp.edit' })
    .post('', ({ request, viewer, scope, body }) => save({ door, request, viewer, scope }, body), {
      requires: 'smtp.edit',
    })
    .post('/test', ({ request, viewer, scope, body }) => test({ door, request, viewer, scope }, fieldOf(body, 'to')), {
      requires: 'smtp.edit',
    })
    .post(
      '/remove',
      async ({ request, scope }) => {
        await removeSmtp(door.ctx, scope)
        return goTo(request, PATH, REMOVED)
      },
      { requires: 'smtp.edit' },
    )
}

type Visit = Readonly<{ door: Door; request: Request; viewer: Viewer; scope: Scope }>
type Shown = Readonly<{ form?: Partial<SmtpFormProps>; test?: Partial<TestFormProps> }>
type Answer = Readonly<{ status?: number; headers?: Record<string, string>; toasts?: readonly Toast[] }>

async function save(visit: Visit, body: unknown): Promise<Response> {
  const { door, request, scope } = visit
  const typed = {
    ...{ host: fieldOf(body, 'host'), port: fieldOf(body, 'port'), tls: fieldOf(body, 'tls') },
    ...{ username: fieldOf(body, 'username'), from: fieldOf(body, 'from') },
  }
  try {
    await saveSmtp(door.ctx, scope, { ...typed, password: fieldOf(body, 'password') })
  } catch (error) {
    const { status, faults } = refusalFor(error, ['invalid'])
    return await show(visit, { form: { ...typed, faults } }, { status })
  }
  return isPartial(request) ? await show(visit, {}, { toasts: [SAVED] }) : goTo(request, PATH, SAVED)
}

/** What the server says is the answer that was asked for, whichever it is; only what kept us from asking is a refusal. */
async function test(visit: Visit, to: string): Promise<Response> {
  const { door, scope } = visit
  try {
    const { detail } = await sendTestMail(door.ctx, scope, { to })
    return await show(visit, { test: { to, result: { isTaken: true, detail } } })
  } catch (error) {
    if (error instanceof AppError && error.kind === 'upstream') {
      return await show(visit, { test: { to, result: { isTaken: false, detail: error.message } } })
    }
    const { status, fault, headers } = refusalFor(error, ['invalid', 'conflict', 'limited'])
    return await show(visit, { test: { to, fault } }, { status, headers })
  }
}

async function show(visit: Visit, shown: Shown, answer: Answer = {}): Promise<Response> {
  const { door, request, viewer, scope } = visit
  const props = propsOf(visit, await findSmtp(door.ctx, scope), shown)
  if (isPartial(request)) return fragment(answer, SmtpCards(props))
  return shellPage(door, request, viewer, { title: 'SMTP', section: 'Workspace', ...answer }, SmtpContent(props))
}

function propsOf({ door, viewer }: Visit, own: SmtpSettings | undefined, shown: Shown): SmtpProps {
  const orgName = viewer.org?.name ?? ''
  const stored = own ? { ...own, port: String(own.port) } : NOTHING
  const { host, port, tls, username, from } = stored
  return {
    route: { orgName, ...mailRouteOf(door.ctx, orgName, own), own },
    form: { host, port, tls, username, from, isPasswordSet: own !== undefined, ...shown.form },
    test: own || shown.test ? { to: viewer.person.email, ...shown.test } : undefined,
  }
}
