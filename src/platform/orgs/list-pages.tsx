import type { Door } from '#http/admit.ts'
import { addressOf } from '#http/org-address.ts'
import { fieldOf, fragment, isPartial, shellPage } from '#http/page.tsx'
import { pageAnswer, pageRequest } from '#http/pagination.ts'
import type { Viewer } from '#http/viewer.ts'
import { defaultOrgOf, listEveryOrg } from '#platform/orgs/org-list.ts'
import { EveryOrgCard, type EveryOrgProps } from '#views/orgs/every-org.tsx'
import type { NewOrgDraft } from '#views/orgs/new-org-dialog.tsx'
import { OrgsContent } from '#views/orgs/orgs.tsx'

const SEARCH_CHARS_MAX = 200

export type Visit = Readonly<{ door: Door; request: Request; viewer: Viewer }>
type Shown = Readonly<{ q?: string; cursor?: string; draft?: NewOrgDraft; status?: number }>

/** The page, or its list of every org where htmx asked. */
export async function show(visit: Visit, shown: Shown): Promise<Response> {
  const { door, request, viewer } = visit
  const { person, org } = viewer
  const { status = 200 } = shown
  const every = person.isSuperadmin ? await everyOrg(visit, shown) : undefined
  if (every && isPartial(request)) return fragment({ status }, EveryOrgCard(every))
  const orgs = person.memberships.map(({ orgId, slug, name, role }) => ({
    ...{ id: orgId, name, role, ...addressOf(door, request, slug) },
    isCurrent: orgId === org?.orgId,
    isDefault: orgId === defaultOrgOf(person),
  }))
  const options = { title: 'Organizations', section: 'You', status }
  return shellPage(door, request, viewer, options, OrgsContent({ orgs, every }))
}

async function everyOrg({ door, viewer }: Visit, { q = '', cursor, draft }: Shown): Promise<EveryOrgProps> {
  const { ctx } = door
  const page = pageRequest({ cursor })
  const rows = await listEveryOrg(ctx, viewer.self, { ...page, search: q })
  const { items, nextCursor } = pageAnswer(rows, page.shown)
  const shown = items.map((row) => ({ ...row, address: `${row.slug}.${ctx.config.apexDomain}` }))
  const { apexDomain } = ctx.config
  return { rows: shown, nextCursor: nextCursor ?? undefined, q, cursor, draft, apexDomain, now: ctx.clock.now() }
}

/** What the address asks for. */
export function shownBy(query: object): Shown {
  const [cursor, isNew] = [fieldOf(query, 'cursor'), fieldOf(query, 'new') !== '']
  const q = fieldOf(query, 'q').slice(0, SEARCH_CHARS_MAX)
  return { q, ...(cursor !== '' && { cursor }), ...(isNew && { draft: {} }) }
}
