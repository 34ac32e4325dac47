import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import type { Door } from '#http/admit.ts'
import { STATUS } from '#http/errors.ts'
import { fieldOf, fragment, goTo, isPartial, shellPage } from '#http/page.tsx'
import type { Viewer } from '#http/viewer.ts'
import { plural } from '#lib/format.ts'
import { BATCH_MAX } from '#platform/invites/batch.ts'
import { type ListState, membersHref } from '#views/members/list-state.tsx'
import { MembersCard, MembersContent, type MembersProps } from '#views/members/members-page.tsx'
import type { Toast } from '#views/ui/toast.tsx'
import { listPeople, PEOPLE_FILTERS } from './people.ts'

const SEARCH_CHARS_MAX = 200

/** A request for the list or one of its forms, and what the list shows. */
export type Visit = Readonly<{ door: Door; request: Request; viewer: Viewer; scope: Scope; state: ListState }>

/** `changed` is the member whose rights are others now; `issuedLink` is shown in the answer itself, and kept nowhere. */
type Done = Readonly<{ toast?: Toast; changed?: number; issuedLink?: MembersProps['issuedLink'] }>

/**
 * Does what a form asks for, and answers with the list as it is then: a stale row is no reason to leave the page. Throws on
 * what is no refusal of the work itself.
 */
export async function act(visit: Visit, work: () => Promise<Done>): Promise<Response> {
  const { request, viewer, state } = visit
  try {
    const { toast, changed, issuedLink } = await work()
    // His own rights have changed: whether he may still see this page is for the next request to find out.
    if (changed === viewer.person.userId) return goTo(request, '/', toast)
    if (issuedLink) return await show(visit, { issuedLink })
    return isPartial(request)
      ? await show(visit, {}, { toasts: toast ? [toast] : [] })
      : goTo(request, membersHref(state), toast)
  } catch (error) {
    if (!(error instanceof AppError) || !['conflict', 'not_found', 'invalid'].includes(error.kind)) throw error
    const toast = { tone: 'danger', text: error.message } as const
    if (!isPartial(request)) return goTo(request, membersHref(state), toast)
    return await show(visit, {}, { status: STATUS[error.kind], toasts: [toast] })
  }
}

type Shown = Pick<MembersProps, 'cursor' | 'draft' | 'issuedLink' | 'manyDraft' | 'manyResults'>

/** The list as a page, or as its part where htmx asked. */
export async function show(
  visit: Visit,
  shown: Shown,
  answer: Readonly<{ status?: number; toasts?: readonly Toast[] }> = {},
): Promise<Response> {
  const { door, request, viewer } = visit
  const props = { ...(await listOf(visit, shown.cursor)), ...shown }
  if (isPartial(request)) {
    const announcement = `${plural(props.rows.length, 'person', 'people')} shown`
    return fragment({ ...answer, announcement }, MembersCard(props))
  }
  return shellPage(door, request, viewer, { title: 'Members', section: 'Workspace', ...answer }, MembersContent(props))
}

async function listOf(visit: Visit, cursor: string | undefined): Promise<MembersProps> {
  const { door, viewer, scope, state } = visit
  const { ctx } = door
  const people = await listPeople(ctx, scope, { filter: state.filter, search: state.q, cursor })
  const members = people.members.map((member) => ({
    ...member,
    lastActiveAt: member.lastActiveAt ?? undefined,
    isSelf: member.userId === viewer.person.userId,
  }))
  const invites = people.invites.map(({ id, mailState, ...invite }) => ({
    ...invite,
    inviteId: id,
    invitedBy: invite.invitedBy ?? undefined,
    mail: mailState,
    mailError: invite.mailError ?? undefined,
  }))
  return {
    orgName: viewer.org?.name ?? '',
    state,
    counts: people.counts,
    pendingFound: people.pendingFound,
    bulkMax: BATCH_MAX,
    rows: [...members, ...invites],
    nextCursor: people.nextCursor,
    canEditMembers: viewer.permissions.has('member.edit'),
    canInvite: viewer.permissions.has('invite.edit'),
    canSendMail: people.canSendMail,
    now: ctx.clock.now(),
  }
}

/** The filter and the search that a query or a form carries. */
export function stateOf(source: unknown): ListState {
  const wanted = fieldOf(source, 'filter')
  const filter = PEOPLE_FILTERS.find((known) => known === wanted) ?? 'all'
  return { filter, q: fieldOf(source, 'q').slice(0, SEARCH_CHARS_MAX) }
}
