import { Elysia } from 'elysia'
import { AppError } from '#core/errors.ts'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { localPath } from '#http/local-path.ts'
import { fieldOf, goTo } from '#http/page.tsx'
import { factsOf } from '#http/request-facts.ts'
import { replaceSession } from '#http/session.ts'
import type { Viewer } from '#http/viewer.ts'
import { updateProfile } from '#platform/account/account.ts'
import { requireOwnOrg, switchOrg } from '#platform/orgs/switch.ts'
import { show, shownBy, type Visit } from './list-pages.tsx'
import { create, proposeSlug } from './new-org-pages.tsx'

/** `/orgs`: the account picker, the switch to another org, and for superadmins every org. */
export function orgsPages(door: Door) {
  return new Elysia()
    .use(gate(door))
    .get('/orgs', async ({ request, viewer, query }) => show({ door, request, viewer }, shownBy(query)), {
      signedIn: true,
    })
    .post('/orgs', async ({ request, viewer, body }) => change(door, request, viewer, body), {
      signedIn: { interactive: true },
    })
    .post('/orgs/default', async ({ request, viewer, body }) => makeDefault({ door, request, viewer }, body), {
      signedIn: true,
    })
    .get('/orgs/slug', ({ query }) => proposeSlug(query), { signedIn: { superadmin: true } })
    .post('/orgs/new', async ({ request, viewer, body }) => create({ door, request, viewer }, body), {
      signedIn: { superadmin: true },
    })
}

/** The new session keeps the start of the old one: switching does not make it live longer. */
async function change(door: Door, request: Request, viewer: Viewer, form: unknown): Promise<Response> {
  const { person, session, self } = viewer
  if (!session) throw new AppError('forbidden', 'interactive_only', 'Sign in with the password to switch.')
  const orgId = fieldOf(form, 'org_id')
  requireFreeHost(request, viewer, orgId)
  const wanted = await switchOrg(door.ctx, self, person.memberships, { orgId, jti: session.jti })
  const { role, name } = wanted
  const { userId, tokenVersion: version } = person
  await replaceSession(request, door.bearer, {
    ...{ userId, version, orgId: wanted.orgId, role },
    startedAt: session.startedAt,
  })
  return goTo(request, localPath(fieldOf(form, 'next')), { tone: 'success', text: `You are in ${name} now.` })
}

/** On an org's own address no session can choose another org; our pages lead to the other's address there. */
function requireFreeHost(request: Request, viewer: Viewer, orgId: string): void {
  const { hostOrg } = factsOf(request)
  if (hostOrg === undefined || String(viewer.org?.orgId) === orgId) return
  const words = `This address is that of ${hostOrg.name}. Open the other organization at its own address.`
  throw new AppError('conflict', 'host_decides', words)
}

async function makeDefault({ door, request, viewer }: Visit, form: unknown): Promise<Response> {
  const { memberships } = viewer.person
  const wanted = requireOwnOrg(memberships, fieldOf(form, 'org_id'))
  const orgIds = memberships.map(({ orgId }) => orgId)
  await updateProfile(door.ctx, viewer.self, orgIds, { defaultOrgId: wanted.orgId })
  return goTo(request, '/orgs', { tone: 'success', text: `You start in ${wanted.name} from now on.` })
}
