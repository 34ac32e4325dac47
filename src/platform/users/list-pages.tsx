import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import type { Door } from '#http/admit.ts'
import { retryHeader, STATUS } from '#http/errors.ts'
import { fieldOf, fragment, goTo, isPartial, shellPage } from '#http/page.tsx'
import { pageAnswer, pageRequest } from '#http/pagination.ts'
import type { Viewer } from '#http/viewer.ts'
import { plural } from '#lib/format.ts'
import type { Toast } from '#views/ui/toast.tsx'
import { type UsersState, usersHref } from '#views/users/list-state.tsx'
import type { UserRowProps } from '#views/users/user-row.tsx'
import { UsersCard, UsersContent, type UsersProps } from '#views/users/users-page.tsx'
import { USER_STATES, type User } from './user.ts'
import { countUsers, listUsers } from './user-list.ts'

const SEARCH_CHARS_MAX = 200

/** A request for the list or one of its forms, and what the list shows. */
export type Visit = Readonly<{ door: Door; request: Request; viewer: Viewer; scope: Scope; state: UsersState }>

/** `issued` is shown in the answer itself, and kept nowhere. */
type Done = Readonly<{ toast?: Toast; issued?: UsersProps['issued'] }>

/**
 * Does what a form asks for, and answers with the list as it is then: a row that is stale by now is no reason to leave the page.
 * Throws on what is no refusal of the work itself.
 */
export async function act(visit: Visit, work: () => Promise<Done>): Promise<Response> {
  const { request, state } = visit
  try {
    const { toast, issued } = await work()
    if (issued) return await show(visit, { issued })
    return isPartial(request)
      ? await show(visit, {}, { toasts: toast ? [toast] : [] })
      : goTo(request, usersHref(state), toast)
  } catch (error) {
    if (!(error instanceof AppError) || !['conflict', 'not_found', 'forbidden', 'limited'].includes(error.kind))
      throw error
    const toast = { tone: 'danger', text: error.message } as const
    if (!isPartial(request)) return goTo(request, usersHref(state), toast)
    return await show(visit, {}, { status: STATUS[error.kind], headers: retryHeader(error), toasts: [toast] })
  }
}

type Shown = Pick<UsersProps, 'cursor' | 'renameDraft' | 'issued'>
type Answer = Readonly<{ status?: number; headers?: Record<string, string>; toasts?: readonly Toast[] }>

/** The list as a page, or as its part where htmx asked. */
export async function show(visit: Visit, shown: Shown, answer: Answer = {}): Promise<Response> {
  const { door, request, viewer } = visit
  const props = { ...(await listOf(visit, shown.cursor)), ...shown }
  if (isPartial(request)) {
    const announcement = `${plural(props.rows.length, 'account')} shown`
    return fragment({ ...answer, announcement }, UsersCard(props))
  }
  return shellPage(door, request, viewer, { title: 'Users', section: 'Administration', ...answer }, UsersContent(props))
}

async function listOf(visit: Visit, cursor: string | undefined): Promise<UsersProps> {
  const { door, viewer, scope, state } = visit
  const { ctx } = door
  const page = pageRequest({ cursor })
  const { isEverywhere, filter, q } = state
  const wanted = { ...page, isEverywhere, search: q, ...(filter !== 'all' && { state: filter }) }
  const [counts, users] = await Promise.all([countUsers(ctx, scope, state), listUsers(ctx, scope, wanted)])
  const { items, nextCursor } = pageAnswer(users, page.shown)
  return {
    orgName: viewer.org?.name ?? '',
    state,
    counts,
    rows: items.map((user) => rowOf(user, viewer, ctx.mail.hasPlatformRelay)),
    nextCursor: nextCursor ?? undefined,
    canEdit: viewer.permissions.has('user.edit'),
    canSeeEverywhere: viewer.person.isSuperadmin,
    now: ctx.clock.now(),
  }
}

function rowOf(user: User, viewer: Viewer, hasPlatformRelay: boolean): UserRowProps {
  const { id, name, email, isSuperadmin, orgs } = user
  return {
    ...{ id, name, email, isSuperadmin, orgs },
    standing: user.state,
    passwordExpiresAt: user.passwordExpiresAt ?? undefined,
    lastSignInAt: user.lastSignInAt ?? undefined,
    canSendMail: hasPlatformRelay || user.mail.hasOwnRelay,
    isSelf: id === viewer.person.userId,
    obstacle: user.obstacle?.words,
  }
}

/** The reach, the filter and the search that a query or a form carries. */
export function stateOf(source: unknown): UsersState {
  const wanted = fieldOf(source, 'filter')
  const filter = USER_STATES.find((known) => known === wanted) ?? 'all'
  return { isEverywhere: fieldOf(source, 'all') === '1', filter, q: fieldOf(source, 'q').slice(0, SEARCH_CHARS_MAX) }
}
