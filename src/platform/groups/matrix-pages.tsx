import { holds, limitedTo, limitedWordsOf, PERMISSIONS, targetKindOf, wordsOf } from '#core/access/permissions.ts'
import type { Scope } from '#core/scope.ts'
import type { Door } from '#http/admit.ts'
import { STATUS } from '#http/errors.ts'
import { fieldOf, fragment, goTo, isPartial, shellPage } from '#http/page.tsx'
import type { Viewer } from '#http/viewer.ts'
import { plural } from '#lib/format.ts'
import { GroupRow, type GroupRowProps, type MatrixContext } from '#views/groups/group-row.tsx'
import { GroupsCard, GroupsContent, type GroupsProps } from '#views/groups/groups-page.tsx'
import { type GroupsState, groupsHref } from '#views/groups/list-state.tsx'
import type { Toast } from '#views/ui/toast.tsx'
import { type Group, targetOf } from './group.ts'
import { listMatrix } from './matrix.ts'
import { isRefusal, rightsNow } from './own-rights.ts'

const SEARCH_CHARS_MAX = 200

/** A request for the matrix or one of its forms, and what the matrix shows. */
export type Visit = Readonly<{ door: Door; request: Request; viewer: Viewer; scope: Scope; state: GroupsState }>

type Shown = Pick<GroupsProps, 'draft' | 'grantDraft'>
type Answer = Readonly<{ status?: number; toasts?: readonly Toast[] }>

const CATALOGUE: MatrixContext['catalogue'] = PERMISSIONS.map((permission) => ({
  permission,
  words: wordsOf(permission),
  targetKind: targetKindOf(permission),
}))

/** Does what a form asks for, and answers with the matrix as it is then: a stale row is no reason to leave the page. */
export async function act(visit: Visit, work: () => Promise<string>): Promise<Response> {
  try {
    return await tell(visit, { tone: 'success', text: await work() })
  } catch (error) {
    return await refuse(visit, error)
  }
}

/** The matrix after a change. Whoever took his own way to this page from himself finds his own way on. */
export async function tell(visit: Visit, toast: Toast): Promise<Response> {
  const { request, state } = visit
  const rights = await rightsNow(visit)
  if (!rights.permissions.has('group.read')) return goTo(request, '/', toast)
  if (!isPartial(request)) return goTo(request, groupsHref(state), toast)
  return await show({ ...visit, scope: { ...visit.scope, ...rights } }, {}, { toasts: [toast] })
}

/** The matrix after a refusal of the work itself; throws on anything else. */
export async function refuse(visit: Visit, error: unknown): Promise<Response> {
  if (!isRefusal(error)) throw error
  const toast = { tone: 'danger', text: error.message } as const
  if (!isPartial(visit.request)) return goTo(visit.request, groupsHref(visit.state), toast)
  return await show(visit, {}, { status: STATUS[error.kind], toasts: [toast] })
}

/** The matrix as a page, or as its part where htmx asked. */
export async function show(visit: Visit, shown: Shown, answer: Answer = {}): Promise<Response> {
  const { door, request, viewer } = visit
  const props = { ...(await matrixOf(visit)), ...shown }
  if (isPartial(request)) {
    return fragment({ ...answer, announcement: `${plural(props.found, 'group')} found` }, GroupsCard(props))
  }
  const options = { title: 'Groups', section: 'Administration', ...answer }
  return shellPage(door, request, viewer, options, GroupsContent(props))
}

/** One row after a toggle: as it is now, and what to read out. */
export async function showRow(
  visit: Visit,
  group: Group,
  answer: Answer & Readonly<{ announcement?: string }>,
): Promise<Response> {
  const { all } = await listMatrix(visit.door.ctx, visit.scope, { search: '', limit: 0 })
  return fragment(answer, GroupRow({ ...rowOf(visit, group, all), ...contextOf(visit) }))
}

/** The search and the place that a query or a form carries. */
export function stateOf(source: unknown): GroupsState {
  const cursor = fieldOf(source, 'cursor').slice(0, SEARCH_CHARS_MAX * 10)
  return { q: fieldOf(source, 'q').slice(0, SEARCH_CHARS_MAX), ...(cursor !== '' && { cursor }) }
}

async function matrixOf(visit: Visit): Promise<GroupsProps> {
  const { door, viewer, scope, state } = visit
  const { groups, all, found, nextCursor } = await listMatrix(door.ctx, scope, {
    search: state.q,
    cursor: state.cursor,
  })
  return {
    ...contextOf(visit),
    orgName: viewer.org?.name ?? '',
    rows: groups.map((group) => rowOf(visit, group, all)),
    all,
    found,
    nextCursor,
  }
}

function contextOf({ scope, state }: Visit): MatrixContext {
  const held = scope.permissions
  const canEdit = held.has('group.edit')
  const hasLimited = [...(scope.limited ?? [])].some((grant) => grant.startsWith(limitedTo('group.edit', '')))
  return { catalogue: CATALOGUE, state, canEdit, hasMenus: canEdit || hasLimited, held }
}

function rowOf({ scope }: Visit, group: Group, all: readonly { id: number; name: string }[]): GroupRowProps {
  const names = new Map(all.map(({ id, name }) => [targetOf(id), name]))
  return {
    groupId: group.id,
    name: group.name,
    memberCount: group.memberCount,
    permissions: new Set(group.grants.flatMap(({ permission, target }) => (target === undefined ? [permission] : []))),
    limited: group.grants.flatMap(({ permission, target }) => {
      const targetName = target === undefined ? undefined : names.get(target)
      if (target === undefined || targetName === undefined) return []
      return [{ permission, target, words: limitedWordsOf(permission, targetName) }]
    }),
    canRename: mayEdit(scope, group.id),
  }
}

/** Whether somebody may change this group's name and people. */
export function mayEdit(scope: Scope, groupId: number): boolean {
  return holds(scope, 'group.edit', targetOf(groupId))
}
