import { Elysia } from 'elysia'
import { AppError } from '#core/errors.ts'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { localPath } from '#http/local-path.ts'
import { fieldOf, goTo, shellPage } from '#http/page.tsx'
import { replaceSession } from '#http/session.ts'
import type { Viewer } from '#http/viewer.ts'
import { switchOrg } from '#platform/orgs/switch.ts'
import { OrgsContent } from '#views/orgs/orgs.tsx'

/** `/orgs`: the account picker, and the switch to another org. */
export function orgsPages(door: Door) {
  return new Elysia()
    .use(gate(door))
    .get('/orgs', ({ request, viewer }) => show(door, request, viewer), { signedIn: true })
    .post('/orgs', async ({ request, viewer, body }) => change(door, request, viewer, body), {
      signedIn: { interactive: true },
    })
}

function show(door: Door, request: Request, viewer: Viewer): Response {
  const { person, org } = viewer
  const orgs = person.memberships.map(({ orgId, slug, name, role }) => ({
    ...{ id: orgId, name, role },
    address: `${slug}.${door.ctx.config.apexDomain}`,
    isCurrent: orgId === org?.orgId,
  }))
  return shellPage(door, request, viewer, { title: 'Organizations', section: 'You' }, OrgsContent({ orgs }))
}

/** The new session keeps the start of the old one: switching does not make it live longer. */
async function change(door: Door, request: Request, viewer: Viewer, form: unknown): Promise<Response> {
  const { person, session, self } = viewer
  if (!session) throw new AppError('forbidden', 'interactive_only', 'Sign in with the password to switch.')
  const to = { orgId: fieldOf(form, 'org_id'), jti: session.jti }
  const { orgId, role, name } = await switchOrg(door.ctx, self, person.memberships, to)
  const { userId, tokenVersion: version } = person
  await replaceSession(request, door.bearer, { userId, version, orgId, role, startedAt: session.startedAt })
  return goTo(request, localPath(fieldOf(form, 'next')), { tone: 'success', text: `You are in ${name} now.` })
}
