import { Elysia } from 'elysia'
import type { Scope } from '#core/scope.ts'
import { logoPath } from '#core/tenancy/brand.ts'
import type { Door } from '#http/admit.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { fieldOf, fragment, goTo, isPartial, shellPage } from '#http/page.tsx'
import { fileIn } from '#http/upload.ts'
import type { Viewer } from '#http/viewer.ts'
import { IMAGE_TYPES } from '#lib/image.ts'
import { LOGO_BYTES_MAX, LOGO_SIDE_MAX, removeLogo, setLogo } from '#platform/organization/logo.ts'
import { updateOrganization } from '#platform/organization/organization.ts'
import { GeneralForm, type GeneralFormProps } from '#views/organization/general-form.tsx'
import { LogoForm, type LogoFormProps } from '#views/organization/logo-form.tsx'
import { OrganizationContent } from '#views/organization/organization.tsx'

const PATH = '/settings/organization'
/** More than a logo may have, so that the page itself can say what is too large. */
const UPLOAD_BYTES_MAX = 1024 * 1024

type Visit = Readonly<{ door: Door; request: Request; viewer: Viewer; scope: Scope }>
type Shown = Readonly<{ general?: Partial<GeneralFormProps>; logoFault?: string; status?: number }>

/** `/settings/organization`: name, colour and logo of the org. */
export function organizationPages(door: Door) {
  return new Elysia({ prefix: PATH })
    .use(gate(door))
    .get('', ({ request, viewer, scope }) => show({ door, request, viewer, scope }, {}), { requires: 'org.edit' })
    .post('', async ({ request, viewer, scope, body }) => save({ door, request, viewer, scope }, body), {
      requires: 'org.edit',
    })
    .post('/logo', async ({ request, viewer, scope, body }) => upload({ door, request, viewer, scope }, body), {
      requires: { permission: 'org.edit', reads: { as: 'multipart', bytesMax: UPLOAD_BYTES_MAX } },
    })
    .post(
      '/logo/remove',
      async ({ request, scope }) => {
        await removeLogo(door.ctx, scope)
        return goTo(request, PATH, { tone: 'success', text: 'The logo is removed.' })
      },
      { requires: 'org.edit' },
    )
}

function show(visit: Visit, { general, logoFault, status = 200 }: Shown): Response {
  const { door, request, viewer } = visit
  const content = OrganizationContent({
    general: { ...generalOf(visit), ...general },
    logo: { ...logoOf(visit), fault: logoFault },
  })
  return shellPage(door, request, viewer, { title: 'Organization', section: 'Administration', status }, content)
}

/** What is saved is seen all over the page: its name, its colours, its mark. So the whole page comes again. */
async function save(visit: Visit, form: unknown): Promise<Response> {
  const { door, request, scope } = visit
  const name = fieldOf(form, 'name')
  const color = fieldOf(form, 'own_color') === '' ? fieldOf(form, 'color') : null
  try {
    await updateOrganization(door.ctx, scope, { name, color })
    return goTo(request, PATH, { tone: 'success', text: 'Name and colour are saved.' })
  } catch (error) {
    const { status, faults } = refusalFor(error, ['invalid'])
    // A text that is no colour is not shown again: the browser's colour field would make it black.
    const general = { name, color: color === null ? undefined : generalOf(visit).color, faults }
    if (isPartial(request)) return fragment({ status }, GeneralForm({ ...generalOf(visit), ...general }))
    return show(visit, { general, status })
  }
}

async function upload(visit: Visit, form: unknown): Promise<Response> {
  const { door, request, scope } = visit
  try {
    await setLogo(door.ctx, scope, await fileIn(form, 'logo'))
    return goTo(request, PATH, { tone: 'success', text: 'The logo is saved.' })
  } catch (error) {
    const { status, fault } = refusalFor(error, ['invalid', 'too_large'])
    if (isPartial(request)) return fragment({ status }, LogoForm({ ...logoOf(visit), fault }))
    return show(visit, { logoFault: fault, status })
  }
}

function generalOf({ door, viewer }: Visit): GeneralFormProps {
  const { org } = viewer
  const address = `${org?.slug}.${door.ctx.config.apexDomain}`
  return { name: org?.name ?? '', address, color: org?.color ?? undefined }
}

function logoOf({ viewer }: Visit): LogoFormProps {
  const { org } = viewer
  return {
    name: org?.name ?? '',
    logoUrl: org && logoPath(org),
    accept: IMAGE_TYPES.join(','),
    kilobytesMax: LOGO_BYTES_MAX / 1024,
    pixelsMax: LOGO_SIDE_MAX,
  }
}
