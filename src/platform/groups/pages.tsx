import { Elysia } from 'elysia'
import { isPermission, wordsOf } from '#core/access/permissions.ts'
import type { Door } from '#http/admit.ts'
import { STATUS } from '#http/errors.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { fieldOf, goTo, isPartial } from '#http/page.tsx'
import { IdParams } from '#http/schemas.ts'
import { midSentence } from '#views/groups/permission-words.ts'
import { grantPermission, revokePermission, type WantedGrant } from './grant.ts'
import { createGroup, deleteGroup, type Group, renameGroup, requireGroup } from './group.ts'
import { groupPages } from './group-pages.tsx'
import { act, refuse, show, showRow, stateOf, tell, type Visit } from './matrix-pages.tsx'
import { EDIT_THIS, isRefusal, rightsNow } from './own-rights.ts'

/** `/groups`: the matrix of groups and permissions, and its forms. */
export function groupsPages(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/groups' })
    .use(gate(door))
    .use(groupPages(door))
    .get(
      '',
      async ({ request, viewer, scope, query }) => {
        const draft = fieldOf(query, 'create') === '1' ? {} : undefined
        return await show({ door, request, viewer, scope, state: stateOf(query) }, { draft })
      },
      { requires: 'group.read' },
    )
    .post(
      '',
      ({ request, viewer, scope, body }) => create({ door, request, viewer, scope, state: stateOf(body) }, body),
      { requires: 'group.edit' },
    )
    .post(
      '/permissions',
      ({ request, viewer, scope, body }) => grant({ door, request, viewer, scope, state: stateOf(body) }, body),
      { requires: 'group.edit' },
    )
    .post(
      '/:id/permissions',
      ({ request, viewer, scope, body, params }) =>
        toggle({ door, request, viewer, scope, state: stateOf(body) }, params.id, body),
      { requires: 'group.edit', params: IdParams },
    )
    .post(
      '/:id/rename',
      ({ request, viewer, scope, body, params }) =>
        act({ door, request, viewer, scope, state: stateOf(body) }, async () => {
          const { name } = await renameGroup(ctx, scope, params.id, { name: fieldOf(body, 'name') })
          return `The group is called ${name} now.`
        }),
      { requires: EDIT_THIS, params: IdParams },
    )
    .post(
      '/:id/delete',
      ({ request, viewer, scope, body, params }) =>
        act({ door, request, viewer, scope, state: stateOf(body) }, async () => {
          const { name } = await deleteGroup(ctx, scope, params.id)
          return `The group ${name} is deleted.`
        }),
      { requires: 'group.edit', params: IdParams },
    )
}

/** A refused form stays open as it was sent. */
async function create(visit: Visit, form: unknown): Promise<Response> {
  const name = fieldOf(form, 'name')
  try {
    const group = await createGroup(visit.door.ctx, visit.scope, { name })
    const toast = { tone: 'success', text: `The group ${group.name} is made. Choose what it may do.` } as const
    return await tell({ ...visit, state: { q: '' } }, toast)
  } catch (error) {
    const { status, faults, fault } = refusalFor(error, ['invalid', 'conflict'])
    return await show(visit, { draft: { name, faults, fault } }, { status })
  }
}

/** The form that takes a permission by its name, also for one group only. */
async function grant(visit: Visit, form: unknown): Promise<Response> {
  const draft = {
    group: fieldOf(form, 'group'),
    permission: fieldOf(form, 'permission').trim(),
    target: fieldOf(form, 'target'),
  }
  const groupId = /^[1-9]\d{0,14}$/.test(draft.group) ? Number(draft.group) : 0
  const wanted = { permission: draft.permission, target: draft.target || undefined }
  try {
    const group = await grantPermission(visit.door.ctx, visit.scope, groupId, wanted)
    return await tell(visit, { tone: 'success', text: `${group.name} may now ${wordsFor(wanted)}.` })
  } catch (error) {
    if (!isRefusal(error)) throw error
    const field = typeof error.facts.field === 'string' ? error.facts.field : 'permission'
    const faults = { [error.kind === 'not_found' ? 'group' : field]: error.message }
    return await show(visit, { grantDraft: { ...draft, faults } }, { status: STATUS[error.kind] })
  }
}

/** `give=member.read` or `take=group.edit@group:5`: what is wanted, so that a stale page never does the opposite. */
async function toggle(visit: Visit, groupId: number, form: unknown): Promise<Response> {
  const { door, scope, request } = visit
  const isGiving = fieldOf(form, 'give') !== ''
  const [permission = '', target] = (fieldOf(form, 'give') || fieldOf(form, 'take')).split('@')
  const wanted = { permission, target }
  try {
    const change = isGiving ? grantPermission : revokePermission
    const group = await change(door.ctx, scope, groupId, wanted)
    const words = `${group.name} may ${isGiving ? 'now' : 'no longer'} ${wordsFor(wanted)}.`
    if (!isPartial(request)) return await tell(visit, { tone: 'success', text: words })
    const rights = await rightsNow(visit)
    if (!rights.permissions.has('group.read')) return goTo(request, '/', { tone: 'success', text: words })
    return await showRow({ ...visit, scope: { ...scope, ...rights } }, group, { announcement: words })
  } catch (error) {
    return await refuseToggle(visit, groupId, error)
  }
}

/** The row as it still is; without it, the list that no longer has it. */
async function refuseToggle(visit: Visit, groupId: number, error: unknown): Promise<Response> {
  const { door, request, scope } = visit
  if (!isRefusal(error) || !isPartial(request)) return await refuse(visit, error)
  const toast = { tone: 'danger', text: error.message } as const
  if (error.kind === 'not_found') return goTo(request, '/groups', toast)
  const group: Group = await requireGroup(door.ctx.db, scope, groupId)
  return await showRow(visit, group, { status: STATUS[error.kind], toasts: [toast] })
}

function wordsFor({ permission, target }: WantedGrant): string {
  const words = isPermission(permission) ? midSentence(wordsOf(permission)) : permission
  return target === undefined ? words : `${words}, for one group only`
}
