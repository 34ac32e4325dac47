import { Elysia } from 'elysia'
import { ACTIONS, isAction } from '#core/audit/actions.ts'
import { DOCUMENT_BYTES_MAX } from '#core/license/document.ts'
import { featureName } from '#core/license/features.ts'
import { forecastOf } from '#core/license/forecast.ts'
import { LICENSE_CODES, LICENSE_WORDS } from '#core/license/gate.ts'
import type { LicensedOrg } from '#core/license/licensed-org.ts'
import type { Scope } from '#core/scope.ts'
import type { Door } from '#http/admit.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { openRoutes } from '#http/license-free-routes.ts'
import { fieldOf, fragment, goTo, isPartial, shellPage } from '#http/page.tsx'
import { fileIn } from '#http/upload.ts'
import type { Viewer } from '#http/viewer.ts'
import { actorWords, eventWords } from '#views/audit-log/event-words.ts'
import { LicenseCard, LicenseContent, type LicenseProps } from '#views/license/license.tsx'
import { Simulator, type SimulatorProps } from '#views/license/simulator.tsx'
import { type LicenseEvent, listLicenseEvents } from './history.ts'
import { findLicense, installLicense, licenseTextOf, removeLicense, type ShownLicense } from './license.ts'
import { simulatedTime, simulateLicense } from './simulation.ts'

const PATH = '/settings/license'
const INSTALLED = { tone: 'success', text: 'The licence is installed.' } as const
const REMOVED = { tone: 'success', text: 'The licence is removed.' } as const
/** More than a licence may have, so that the page itself can say what is too large. */
const UPLOAD_BYTES_MAX = 2 * DOCUMENT_BYTES_MAX
const TYPED_CHARS_MAX = 40

/** `/settings/license`: the licence of the org, what comes next, and the box for a new one. */
export function licensePages(door: Door) {
  return new Elysia()
    .use(gate(door))
    .get('/license', ({ request }) => goTo(request, PATH), { signedIn: true })
    .get(PATH, async ({ request, viewer, scope, query }) => show({ door, request, viewer, scope }, query), {
      requires: 'license.edit',
    })
    .post(PATH, async ({ request, viewer, scope, body }) => install({ door, request, viewer, scope }, body), {
      requires: { permission: 'license.edit', reads: { bytesMax: DOCUMENT_BYTES_MAX } },
    })
    .post(`${PATH}/file`, async ({ request, viewer, scope, body }) => upload({ door, request, viewer, scope }, body), {
      requires: { permission: 'license.edit', reads: { as: 'multipart', bytesMax: UPLOAD_BYTES_MAX } },
    })
    .post(
      `${PATH}/remove`,
      async ({ request, scope }) => {
        await removeLicense(door.ctx, scope)
        return goTo(request, PATH, REMOVED)
      },
      { requires: 'license.edit' },
    )
}

type Visit = Readonly<{ door: Door; request: Request; viewer: Viewer; scope: Scope }>
type Shown = Pick<LicenseProps, 'refusal' | 'draft' | 'fileFault'> & Readonly<{ simulator?: SimulatorProps }>

/** The page, or the part of another date where htmx asked for that. */
async function show(visit: Visit, query: unknown): Promise<Response> {
  const { status, ...simulator } = await simulatorOf(visit, fieldOf(query, 'at').slice(0, TYPED_CHARS_MAX))
  if (isPartial(visit.request)) return fragment({ status }, Simulator(simulator))
  return page(visit, { simulator, refusal: refusalOf(fieldOf(query, 'refused')) }, status)
}

async function simulatorOf({ door, viewer }: Visit, day: string): Promise<SimulatorProps & { status: number }> {
  if (day === '') return { status: 200, day }
  try {
    const state = await simulateLicense(door.ctx, ownOrg(viewer), simulatedTime(day))
    const closedFeatures = state.closedFeatures.map(nameOf)
    return { status: 200, day, state: { ...state, closedFeatures, openRoutes: openRoutes() } }
  } catch (error) {
    const { status, fault } = refusalFor(error, ['invalid'])
    return { status, day, fault }
  }
}

async function install(visit: Visit, form: unknown): Promise<Response> {
  const text = fieldOf(form, 'license')
  try {
    return await installed(visit, text)
  } catch (error) {
    const { status, fault } = refusalFor(error, ['invalid'])
    return page(visit, { draft: { text, fault } }, status)
  }
}

async function upload(visit: Visit, form: unknown): Promise<Response> {
  try {
    return await installed(visit, licenseTextOf(await fileIn(form, 'file')))
  } catch (error) {
    const { status, fault } = refusalFor(error, ['invalid'])
    return page(visit, { fileFault: fault }, status)
  }
}

async function installed(visit: Visit, text: string): Promise<Response> {
  const { door, request, scope } = visit
  const license = await installLicense(door.ctx, scope, text)
  if (!isPartial(request)) return goTo(request, PATH, INSTALLED)
  return fragment({ toasts: [INSTALLED] }, LicenseCard(await propsOf(visit, license, {})))
}

async function page(visit: Visit, shown: Shown, status = 200): Promise<Response> {
  const { door, request, viewer } = visit
  const props = await propsOf(visit, await findLicense(door.ctx, ownOrg(viewer)), shown)
  if (isPartial(request)) return fragment({ status }, LicenseCard(props))
  const options = { title: 'Licence', section: 'Administration', status }
  return shellPage(door, request, viewer, options, LicenseContent(props))
}

async function propsOf(visit: Visit, license: ShownLicense, shown: Shown): Promise<LicenseProps> {
  const { door, viewer, scope } = visit
  const now = door.ctx.clock.now()
  const { changes, closedFeatures } = forecastOf(license, license.enforcement, door.ctx.license.time().now)
  const closing = changes.length === 0 ? closedFeatures : license.features
  const events = await listLicenseEvents(door.ctx, scope)
  return {
    ...{ simulator: { day: '' }, ...license, ...shown, orgName: ownOrg(viewer).name },
    features: license.features.map((flag) => (featureName(flag) === undefined ? flag : `${nameOf(flag)} (${flag})`)),
    outlook: { enforcement: license.enforcement, changes, features: closing.map(nameOf) },
    history: { events: events.map(eventOf), canReadAudit: viewer.permissions.has('audit.read'), now },
  }
}

function eventOf({ action, actorKind, actorLabel, detail, at }: LicenseEvent) {
  const fallback = isAction(action) ? ACTIONS[action] : ''
  return {
    words: eventWords({ action, detail, fallback }, new Map()),
    actor: actorWords({ actorKind, actorLabel }),
    at,
  }
}

function ownOrg({ org }: Viewer): LicensedOrg {
  if (!org) throw new Error('the gate let somebody without an org to a page of one')
  return org
}

function nameOf(flag: string): string {
  return featureName(flag) ?? flag
}

/** Only a reason of the gate's is told: the address is anybody's to write. */
function refusalOf(code: string): string | undefined {
  const known = LICENSE_CODES.find((one) => one === code)
  return known && LICENSE_WORDS[known]
}
