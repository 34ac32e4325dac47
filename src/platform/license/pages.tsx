import { Elysia } from 'elysia'
import { DOCUMENT_BYTES_MAX } from '#core/license/document.ts'
import { featureName } from '#core/license/features.ts'
import { LICENSE_CODES, LICENSE_WORDS } from '#core/license/gate.ts'
import type { Scope } from '#core/scope.ts'
import type { Door } from '#http/admit.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { fieldOf, fragment, goTo, isPartial, shellPage } from '#http/page.tsx'
import type { Viewer } from '#http/viewer.ts'
import { LicenseCard, LicenseContent, type LicenseProps } from '#views/license/license.tsx'
import { findLicense, installLicense, type ShownLicense } from './license.ts'

const PATH = '/settings/license'
const INSTALLED = { tone: 'success', text: 'The licence is installed.' } as const

type Shown = Pick<LicenseProps, 'refusal' | 'draft'>

/** `/settings/license`: the licence of the org, and the box for a new one. */
export function licensePages(door: Door) {
  return new Elysia()
    .use(gate(door))
    .get('/license', ({ request }) => goTo(request, PATH), { signedIn: true })
    .get(
      PATH,
      async ({ request, viewer, query }) =>
        answer(door, request, viewer, await findOwn(door, viewer), { refusal: refusalOf(fieldOf(query, 'refused')) }),
      { requires: 'license.edit' },
    )
    .post(PATH, async ({ request, viewer, scope, body }) => install({ door, request, viewer, scope }, body), {
      requires: { permission: 'license.edit', reads: { bytesMax: DOCUMENT_BYTES_MAX } },
    })
}

type Visit = Readonly<{ door: Door; request: Request; viewer: Viewer; scope: Scope }>

async function install({ door, request, viewer, scope }: Visit, form: unknown): Promise<Response> {
  const text = fieldOf(form, 'license')
  try {
    const license = await installLicense(door.ctx, scope, text)
    if (!isPartial(request)) return goTo(request, PATH, INSTALLED)
    return fragment({ toasts: [INSTALLED] }, LicenseCard(propsOf(license, {})))
  } catch (error) {
    const { status, fault } = refusalFor(error, ['invalid'])
    return answer(door, request, viewer, await findOwn(door, viewer), { draft: { text, fault } }, status)
  }
}

async function findOwn(door: Door, { org }: Viewer): Promise<ShownLicense> {
  if (!org) throw new Error('the gate let somebody without an org to a page of one')
  return await findLicense(door.ctx, org)
}

function answer(
  door: Door,
  request: Request,
  viewer: Viewer,
  license: ShownLicense,
  shown: Shown,
  status = 200,
): Response {
  const props = propsOf(license, shown)
  if (isPartial(request)) return fragment({ status }, LicenseCard(props))
  return shellPage(
    door,
    request,
    viewer,
    { title: 'Licence', section: 'Administration', status },
    LicenseContent(props),
  )
}

function propsOf(license: ShownLicense, shown: Shown): LicenseProps {
  const features = license.features.map((flag) => {
    const name = featureName(flag)
    return name === undefined ? flag : `${name} (${flag})`
  })
  return { ...license, features, ...shown }
}

/** Only a reason of the gate's is told: the address is anybody's to write. */
function refusalOf(code: string): string | undefined {
  const known = LICENSE_CODES.find((one) => one === code)
  return known && LICENSE_WORDS[known]
}
