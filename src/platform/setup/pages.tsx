import { Elysia } from 'elysia'
import { accountOf } from '#core/access/attempts.ts'
import { AppError } from '#core/errors.ts'
import { slugOfName } from '#core/tenancy/org.ts'
import type { Door } from '#http/admit.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { cardPage, fieldOf, fragment, goTo, isPartial } from '#http/page.tsx'
import { callerOf } from '#http/request-facts.ts'
import { startSession } from '#http/session.ts'
import { normalizeEmail } from '#lib/email.ts'
import { completeSetup, requireSetupLink } from '#platform/setup/setup.ts'
import { SetupContent, SetupForm, SetupGoneContent } from '#views/setup/setup.tsx'

const TITLE = 'Set up Honeyframe'
/** The verb's field names, as the form calls them. */
const FORM_FIELDS: Readonly<Record<string, string>> = { org_name: 'org', org_slug: 'org' }

/** `/setup`: the one-time link of an install without users. */
export function setupPages(door: Door) {
  return new Elysia()
    .use(gate(door))
    .get('/setup', async ({ request, query }) => show(door, request, fieldOf(query, 'token')), { open: true })
    .post('/setup', async ({ request, body }) => setUp(door, request, body), { open: true })
}

async function show(door: Door, request: Request, token: string): Promise<Response> {
  try {
    await requireSetupLink(door.ctx, token)
    return cardPage(request, { title: TITLE }, SetupContent({ token }))
  } catch (error) {
    return gone(request, error)
  }
}

async function setUp(door: Door, request: Request, form: unknown): Promise<Response> {
  const token = fieldOf(form, 'token')
  const values = { org: fieldOf(form, 'org'), name: fieldOf(form, 'name'), email: fieldOf(form, 'email') }
  try {
    const admin = {
      ...values,
      password: fieldOf(form, 'password'),
      orgName: values.org,
      orgSlug: slugOfName(values.org),
    }
    const user = await completeSetup(door.ctx, callerOf(request), token, admin)
    await startSession(request, door.bearer, user, accountOf(normalizeEmail(values.email) ?? ''))
    return goTo(request, '/members', { tone: 'success', text: `${values.org} is set up. Invite your team.` })
  } catch (error) {
    if (error instanceof AppError && error.kind === 'gone') return gone(request, error)
    const { status, fault, field } = refusalFor(error, ['invalid', 'conflict'])
    const shown = field === undefined ? { fault } : { faults: { [FORM_FIELDS[field] ?? field]: fault } }
    const props = { token, values, ...shown }
    if (isPartial(request)) return fragment({ status }, SetupForm(props))
    return cardPage(request, { title: TITLE, status }, SetupContent(props))
  }
}

function gone(request: Request, error: unknown): Response {
  if (!(error instanceof AppError) || error.kind !== 'gone') throw error
  if (isPartial(request)) return goTo(request, '/setup')
  return cardPage(request, { title: 'This setup link no longer works', status: 410 }, SetupGoneContent())
}
