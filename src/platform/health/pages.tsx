import { Elysia } from 'elysia'
import { holds } from '#core/access/permissions.ts'
import { ACTIONS, isAction } from '#core/audit/actions.ts'
import type { Scope } from '#core/scope.ts'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { fieldOf, fragment, goTo, isPartial, shellPage } from '#http/page.tsx'
import type { Viewer } from '#http/viewer.ts'
import { exactTime } from '#lib/format.ts'
import { eventWords } from '#views/audit-log/event-words.ts'
import { AlertsForm, type AlertsFormProps } from '#views/health/alerts-form.tsx'
import { HealthContent } from '#views/health/health-page.tsx'
import type { HistoryProps } from '#views/health/history-card.tsx'
import { HealthLive, type HealthLiveProps } from '#views/health/live.tsx'
import { HEALTH_BADGES, overallWords } from '#views/health/status.ts'
import { changeAlerts, findAlerts } from './alerts.ts'
import type { Change } from './changes.ts'
import { COMPONENT_LABELS } from './component.ts'
import { readHistory } from './history.ts'
import { isRange, RANGE_DEFAULT, RANGES, type Range } from './range.ts'
import { readHealth } from './report.ts'

const PATH = '/health'
const ON = { tone: 'success', text: 'Admins get a mail when something fails.' } as const
const OFF = { tone: 'success', text: 'Nobody gets a mail when something fails.' } as const

/** `/health`: how the parts of the system are, and were. */
export function healthPages(door: Door) {
  return new Elysia()
    .use(gate(door))
    .get(PATH, async ({ request, viewer, scope, query }) => show({ door, request, viewer, scope }, query), {
      requires: 'health.read',
    })
    .post(
      `${PATH}/alerts`,
      async ({ request, viewer, scope, body }) => change({ door, request, viewer, scope }, body),
      {
        requires: 'org.admin',
      },
    )
}

type Visit = Readonly<{ door: Door; request: Request; viewer: Viewer; scope: Scope }>

/** The page, or what is so now where htmx asked for that. */
async function show(visit: Visit, query: unknown): Promise<Response> {
  const { door, request, viewer } = visit
  const isForced = fieldOf(query, 'refresh') === 'true'
  const live = await liveOf(visit, isForced)
  if (isPartial(request)) {
    return fragment(isForced ? { announcement: `Checked. ${overallWords(live.components)}` } : {}, HealthLive(live))
  }
  const asked = fieldOf(query, 'range')
  const history = await historyOf(visit, isRange(asked) ? asked : RANGE_DEFAULT)
  const content = HealthContent({ live, history, alerts: await alertsOf(visit) })
  return shellPage(door, request, viewer, { title: 'Health', section: 'Workspace' }, content)
}

async function change(visit: Visit, form: unknown): Promise<Response> {
  const { door, request, scope } = visit
  const { isAlerting } = await changeAlerts(door.ctx, scope, { isAlerting: fieldOf(form, 'is_alerting') === '1' })
  const toast = isAlerting ? ON : OFF
  if (!isPartial(request)) return goTo(request, PATH, toast)
  return fragment({ toasts: [toast] }, AlertsForm(await alertsProps(visit)))
}

async function liveOf({ door, scope }: Visit, isForced: boolean): Promise<HealthLiveProps> {
  const { status, checkedAt, components } = await readHealth(door.ctx, scope, { isForced })
  const cards = components.map(({ component, ...looked }) => ({
    ...{ component, label: COMPONENT_LABELS[component], status: looked.status, message: looked.message },
    ...{ latencyMs: looked.latencyMs, meta: looked.meta },
  }))
  return { status, checkedAt, now: door.ctx.clock.now(), components: cards }
}

/** The page stands without it. */
async function historyOf({ door, scope }: Visit, range: Range): Promise<HistoryProps> {
  try {
    const { bands, markers, fromMs, toMs } = await readHistory(door.ctx, scope, range)
    const shown = bands.map(({ component, uptimePercent, segments }) => ({
      ...{ component, label: COMPONENT_LABELS[component], uptimePercent },
      segments: segments.map(({ status, ...rest }) => ({ ...rest, tone: status, label: HEALTH_BADGES[status].label })),
    }))
    const marks = markers.map(({ changes, ...time }) => ({ ...time, texts: changes.map(changeWords) }))
    return { ranges: RANGES, range, history: { fromMs, toMs, bands: shown, marks } }
  } catch (error) {
    door.ctx.log.error('the history of the health cannot be read', { error })
    return { ranges: RANGES, range, history: undefined }
  }
}

async function alertsOf(visit: Visit): Promise<AlertsFormProps | undefined> {
  const { door } = visit
  try {
    return await alertsProps(visit)
  } catch (error) {
    door.ctx.log.error('the alerts of the health cannot be read', { error })
    return undefined
  }
}

async function alertsProps({ door, viewer, scope }: Visit): Promise<AlertsFormProps> {
  const { isAlerting, canSendMail } = await findAlerts(door.ctx, scope)
  return { isAlerting, canChange: holds(viewer, 'org.admin'), canSendMail }
}

function changeWords({ action, detail, at }: Change): string {
  const fallback = isAction(action) ? ACTIONS[action] : ''
  return `${exactTime(at)}: ${eventWords({ action, detail, fallback }, new Map())}`
}
