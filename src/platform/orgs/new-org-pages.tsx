import { slugOfName } from '#core/tenancy/org.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { fieldOf, fragment, goTo } from '#http/page.tsx'
import { createOwnOrg } from '#platform/orgs/new-org.ts'
import { SlugField } from '#views/orgs/new-org-dialog.tsx'
import { show, type Visit } from './list-pages.tsx'

const NAME_CHARS_MAX = 200

/** Makes the org that the form describes, or shows the form again with what was refused. */
export async function create(visit: Visit, form: unknown): Promise<Response> {
  const { door, request, viewer } = visit
  const name = fieldOf(form, 'name')
  const typed = fieldOf(form, 'slug')
  try {
    const slug = typed.trim() === '' ? slugOfName(name) : typed
    const created = await createOwnOrg(door.ctx, viewer.self, { name, slug })
    return goTo(request, '/orgs', { tone: 'success', text: `${created.name} is made. You are its first admin.` })
  } catch (error) {
    const { status, faults } = refusalFor(error, ['invalid', 'conflict'])
    return await show(visit, { draft: { name, slug: typed, faults }, status })
  }
}

/** A slug for the name typed so far, unless the person has written another than the one proposed before. */
export function proposeSlug(query: object): Response {
  const proposal = slugOfName(fieldOf(query, 'name').slice(0, NAME_CHARS_MAX))
  const typed = fieldOf(query, 'slug')
  const isOwn = typed !== '' && typed !== fieldOf(query, 'proposal')
  return fragment({}, SlugField({ slug: isOwn ? typed : proposal, proposal }))
}
