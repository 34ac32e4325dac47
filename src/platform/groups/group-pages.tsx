import { Elysia, t } from 'elysia'
import { findMissing } from '#core/access/giving.ts'
import { limitedWordsOf, wordsOf } from '#core/access/permissions.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import type { Door } from '#http/admit.ts'
import { STATUS } from '#http/errors.ts'
import { gate } from '#http/gate.ts'
import { fieldOf, fragment, goTo, isPartial, shellPage } from '#http/page.tsx'
import { pageAnswer, pageRequest } from '#http/pagination.ts'
import { IdParams, PathId } from '#http/schemas.ts'
import type { Viewer } from '#http/viewer.ts'
import { plural } from '#lib/format.ts'
import { GroupCard, GroupContent, type GroupProps } from '#views/groups/group-page.tsx'
import type { Toast } from '#views/ui/toast.tsx'
import { targetOf } from './group.ts'
import {
  addGroupMember,
  findGroupMembers,
  listCandidates,
  removeGroupMember,
  requirePersonCalled,
} from './group-member.ts'
import { readGroup } from './group-reading.ts'
import { mayEdit } from './matrix-pages.tsx'
import { EDIT_THIS, isRefusal, rightsNow } from './own-rights.ts'

const SEARCH_CHARS_MAX = 200
const PlaceParams = t.Object({ id: PathId, user_id: PathId })

type Visit = Readonly<{ door: Door; request: Request; viewer: Viewer; scope: Scope; groupId: number; q: string }>
type Shown = Pick<GroupProps, 'draft' | 'cursor'>
type Answer = Readonly<{ status?: number; toasts?: readonly Toast[] }>

/** `/groups/{id}`: who is in a group. */
export function groupPages(door: Door) {
  const { ctx } = door
  return new Elysia()
    .use(gate(door))
    .get(
      '/:id',
      async ({ request, viewer, scope, query, params }) => {
        const visit = { door, request, viewer, scope, groupId: params.id, q: searchOf(query) }
        return await show(visit, { cursor: fieldOf(query, 'cursor') || undefined })
      },
      { requires: 'group.read', params: IdParams },
    )
    .post(
      '/:id/members',
      ({ request, viewer, scope, body, params }) =>
        add({ door, request, viewer, scope, groupId: params.id, q: '' }, fieldOf(body, 'person')),
      { requires: EDIT_THIS, params: IdParams },
    )
    .post(
      '/:id/members/:user_id/remove',
      async ({ request, viewer, scope, body, params }) => {
        const visit = { door, request, viewer, scope, groupId: params.id, q: searchOf(body) }
        try {
          const name = await removeGroupMember(ctx, scope, params.id, params.user_id)
          return await tell(visit, { tone: 'success', text: `${name} is no longer in the group.` })
        } catch (error) {
          return await refuse(visit, error)
        }
      },
      { requires: EDIT_THIS, params: PlaceParams },
    )
}

/** A refused form keeps what was typed. */
async function add(visit: Visit, typed: string): Promise<Response> {
  const { door, scope, groupId } = visit
  const { ctx } = door
  try {
    const userId = await requirePersonCalled(ctx, scope, typed)
    const { member, isNew } = await addGroupMember(ctx, scope, groupId, userId)
    const name = member.name || member.email
    return await tell(visit, { tone: 'success', text: `${name} is ${isNew ? 'now' : 'already'} in the group.` })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'no_such_member') return await refuse(visit, error)
    return await show(visit, { draft: { person: typed, fault: error.message } }, { status: STATUS[error.kind] })
  }
}

/** The list after a change. Whoever took his own way to this page from himself finds his own way on. */
async function tell(visit: Visit, toast: Toast): Promise<Response> {
  const { request, scope } = visit
  const rights = await rightsNow(visit)
  if (!rights.permissions.has('group.read')) return goTo(request, '/', toast)
  if (!isPartial(request)) return goTo(request, hrefOf(visit), toast)
  return await show({ ...visit, scope: { ...scope, ...rights } }, {}, { toasts: [toast] })
}

async function refuse(visit: Visit, error: unknown): Promise<Response> {
  if (!isRefusal(error)) throw error
  const toast = { tone: 'danger', text: error.message } as const
  const { request } = visit
  if (error.kind === 'not_found') return goTo(request, '/groups', toast)
  if (!isPartial(request)) return goTo(request, hrefOf(visit), toast)
  return await show(visit, {}, { status: STATUS[error.kind], toasts: [toast] })
}

async function show(visit: Visit, shown: Shown, answer: Answer = {}): Promise<Response> {
  const { door, request, viewer } = visit
  const props = { ...(await propsOf(visit, shown.cursor)), ...shown }
  if (isPartial(request)) {
    const announcement = `${plural(props.members.length, 'person', 'people')} shown`
    return fragment({ ...answer, announcement }, GroupCard(props))
  }
  const options = { title: props.name, section: 'Groups', ...answer }
  return shellPage(door, request, viewer, options, GroupContent(props))
}

async function propsOf({ door, scope, groupId, q }: Visit, cursor: string | undefined): Promise<GroupProps> {
  const { ctx } = door
  const page = pageRequest({ cursor })
  const canEdit = mayEdit(scope, groupId)
  const [group, rows, candidates] = await Promise.all([
    readGroup(ctx, scope, groupId),
    findGroupMembers(ctx, scope, groupId, { ...page, search: q }),
    canEdit ? listCandidates(ctx, scope, groupId) : [],
  ])
  const names = new Map(group.all.map(({ id, name }) => [targetOf(id), name]))
  const missing = findMissing(scope, group.grants)
  const { items, nextCursor } = pageAnswer(rows, page.shown)
  return {
    groupId,
    name: group.name,
    given: group.grants.map(({ permission, target }) => {
      return target === undefined ? wordsOf(permission) : limitedWordsOf(permission, names.get(target) ?? target)
    }),
    members: items,
    q,
    nextCursor: nextCursor ?? undefined,
    canEdit,
    missing: missing && wordsOf(missing),
    candidates,
    now: ctx.clock.now(),
  }
}

function searchOf(source: unknown): string {
  return fieldOf(source, 'q').slice(0, SEARCH_CHARS_MAX)
}

function hrefOf({ groupId, q }: Visit): string {
  return q ? `/groups/${groupId}?${new URLSearchParams({ q }).toString()}` : `/groups/${groupId}`
}
