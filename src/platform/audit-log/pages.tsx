import { Elysia } from 'elysia'
import { ACTION_NAMES, ACTIONS, isAction } from '#core/audit/actions.ts'
import type { Scope } from '#core/scope.ts'
import type { Door } from '#http/admit.ts'
import { download } from '#http/download.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { fieldOf, fragment, isPartial, shellPage } from '#http/page.tsx'
import { LIMIT_DEFAULT, LIMIT_MAX } from '#http/schemas.ts'
import type { Viewer } from '#http/viewer.ts'
import { exactTime, plural } from '#lib/format.ts'
import { listMembers } from '#platform/members/member.ts'
import { AuditLogCard, AuditLogContent, type AuditLogProps } from '#views/audit-log/audit-log-page.tsx'
import type { EventRowProps } from '#views/audit-log/event-row.tsx'
import type { AuditState } from '#views/audit-log/list-state.ts'
import type { AuditEvent } from './event.ts'
import { listEvents } from './event-list.ts'
import { exportEvents, exportName } from './export.ts'
import { type AuditFilter, filterOfDays, requireOperator } from './filter.ts'
import { cursorAfter, placeOf } from './place.ts'

const TYPED_CHARS_MAX = 300
const CHOICES = ACTION_NAMES.map((action) => ({ action, sentence: ACTIONS[action].replace(/\.$/, '') }))

type Visit = Readonly<{ door: Door; request: Request; viewer: Viewer; scope: Scope; query: unknown }>

/** `/audit-log`: what happened in the org, and for superadmins on the install. */
export function auditLogPages(door: Door) {
  return new Elysia({ prefix: '/audit-log' })
    .use(gate(door))
    .get('', async ({ request, viewer, scope, query }) => show({ door, request, viewer, scope, query }), {
      requires: 'audit.read',
    })
    .get(
      '/export.csv',
      ({ viewer, scope, query }) => {
        const filter = filterIn(viewer, stateOf(query))
        const name = exportName(door.ctx, filter, viewer.org?.slug ?? '')
        return download(name, 'text/csv; charset=utf-8', exportEvents(door.ctx, scope, filter))
      },
      { requires: 'audit.read' },
    )
}

/** The list as a page, or as its part where htmx asked. What was typed wrongly is told beside its field. */
async function show(visit: Visit): Promise<Response> {
  const { door, request, viewer, query } = visit
  const state = stateOf(query)
  let status = 200
  let shown: Pick<AuditLogProps, 'rows' | 'nextCursor' | 'searchedTo' | 'cursor' | 'faults'>
  try {
    shown = { ...(await rowsOf(visit, filterIn(viewer, state))), faults: {} }
  } catch (error) {
    const refusal = refusalFor(error, ['invalid'])
    status = refusal.status
    shown = { rows: [], nextCursor: undefined, searchedTo: undefined, cursor: undefined, faults: refusal.faults }
  }
  const props = { ...(await surroundingsOf(visit)), state, ...shown }
  if (isPartial(request)) {
    return fragment({ status, announcement: announcementOf(props) }, AuditLogCard(props))
  }
  const options = { title: 'Audit log', section: 'Administration', status }
  return shellPage(door, request, viewer, options, AuditLogContent(props))
}

async function rowsOf({ door, scope, query }: Visit, filter: AuditFilter) {
  const cursor = fieldOf(query, 'cursor') || undefined
  const place = cursor === undefined ? undefined : placeOf(cursor)
  const { events, next } = await listEvents(door.ctx, scope, filter, { limit: LIMIT_DEFAULT, place })
  const searchedTo = events.length < LIMIT_DEFAULT ? next?.at : undefined
  return { rows: events.map(rowOf), nextCursor: next && cursorAfter(next), searchedTo, cursor }
}

function announcementOf({ rows, searchedTo }: Pick<AuditLogProps, 'rows' | 'searchedTo'>): string {
  const shown = `${plural(rows.length, 'event')} shown`
  return searchedTo ? `${shown}, searched back to ${exactTime(searchedTo)}` : shown
}

/** Who may see the members gets their e-mails suggested, and reads them in place of ids. */
async function surroundingsOf({ door, viewer, scope }: Visit) {
  const { ctx } = door
  const members = viewer.permissions.has('member.read') ? await listMembers(ctx, scope, { limit: LIMIT_MAX }) : []
  return {
    orgName: viewer.org?.name ?? '',
    canSeeInstall: viewer.person.isSuperadmin,
    retentionDays: ctx.config.auditRetentionDays,
    actions: CHOICES,
    suggested: members.map(({ email }) => email),
    emails: new Map(members.map(({ userId, email }) => [userId, email])),
    now: ctx.clock.now(),
  }
}

function rowOf(event: AuditEvent): EventRowProps {
  return {
    ...event,
    fallback: isAction(event.action) ? ACTIONS[event.action] : '',
    address: event.address ?? undefined,
    requestId: event.requestId ?? undefined,
  }
}

function filterIn(viewer: Viewer, state: AuditState): AuditFilter {
  return filterOfDays(state, requireOperator(state.isInstall, viewer.person.isSuperadmin))
}

function stateOf(query: unknown): AuditState {
  const typed = (name: string) => fieldOf(query, name).slice(0, TYPED_CHARS_MAX)
  return {
    ...{ action: typed('action'), actor: typed('actor'), q: typed('q'), from: typed('from'), to: typed('to') },
    isInstall: fieldOf(query, 'install') === 'true',
  }
}
