import { Elysia } from 'elysia'
import { ACTIONS, isAction } from '#core/audit/actions.ts'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { dateOfMs } from '#lib/clock.ts'
import { changeAlerts, findAlerts } from './alerts.ts'
import type { Marker } from './changes.ts'
import { AlertsBody, CHANGE_ALERTS, HISTORY, HistoryQuery, SHOW, SHOW_ALERTS, ShowQuery } from './documentation.ts'
import { type HealthHistory, readHistory } from './history.ts'
import { isRange, RANGE_DEFAULT } from './range.ts'
import { type HealthReport, readHealth } from './report.ts'

/** `/api/system/health`: how the parts of the install and of the org are, and were. */
export function systemHealthApi(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/api/system/health' })
    .use(gate(door))
    .get(
      '',
      async ({ scope, query }) => reportOf(await readHealth(ctx, scope, { isForced: query.refresh === 'true' })),
      { requires: 'health.read', query: ShowQuery, detail: SHOW },
    )
    .get('/history', async ({ scope, query }) => historyOf(await readHistory(ctx, scope, rangeOf(query.range))), {
      requires: 'health.read',
      query: HistoryQuery,
      detail: HISTORY,
    })
    .get('/alerts', async ({ scope }) => alertsOf(await findAlerts(ctx, scope)), {
      requires: 'health.read',
      detail: SHOW_ALERTS,
    })
    .put(
      '/alerts',
      async ({ scope, body }) => alertsOf(await changeAlerts(ctx, scope, { isAlerting: body.is_alerting })),
      { requires: 'org.admin', body: AlertsBody, detail: CHANGE_ALERTS },
    )
}

function rangeOf(text: string | undefined) {
  return text !== undefined && isRange(text) ? text : RANGE_DEFAULT
}

function alertsOf({ isAlerting }: Readonly<{ isAlerting: boolean }>) {
  return { is_alerting: isAlerting }
}

function reportOf({ status, checkedAt, components }: HealthReport) {
  const parts = components.map(({ component, status, message, latencyMs, meta }) => [
    component,
    { status, message, latency_ms: latencyMs, meta },
  ])
  return { status, checked_at: checkedAt.toISOString(), components: Object.fromEntries(parts) }
}

function historyOf({ range, fromMs, toMs, bucketMs, bands, markers }: HealthHistory) {
  const parts = bands.map(({ component, uptimePercent, segments }) => [
    component,
    {
      uptime_percent: uptimePercent,
      segments: segments.map(({ fromMs, toMs, status, message }) => ({ ...times(fromMs, toMs), status, message })),
    },
  ])
  return {
    ...{ range, ...times(fromMs, toMs), resolution_ms: bucketMs },
    components: Object.fromEntries(parts),
    markers: markers.map(markerOf),
  }
}

function markerOf({ fromMs, toMs, changes }: Marker) {
  return {
    ...times(fromMs, toMs),
    changes: changes.map(({ at, action }) => ({
      ...{ at: at.toISOString(), action, text: isAction(action) ? ACTIONS[action] : action },
    })),
  }
}

function times(fromMs: number, toMs: number) {
  return { from: dateOfMs(fromMs).toISOString(), to: dateOfMs(toMs).toISOString() }
}
