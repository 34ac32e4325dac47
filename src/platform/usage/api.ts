import { Elysia, t } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { PERIOD_WORDS, READ, REFRESH } from './documentation.ts'
import { requirePeriod } from './period.ts'
import { readUsage, type UsageReport } from './report.ts'
import { refreshStorage, type Storage } from './storage.ts'

const PeriodQuery = t.Object(
  { period: t.Optional(t.String({ description: PERIOD_WORDS })) },
  { additionalProperties: false },
)

/** `/api/usage`: what the org uses. It writes nothing. */
export function usageApi(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/api/usage' })
    .use(gate(door))
    .get('', async ({ scope, query }) => answerOf(await readUsage(ctx, scope, requirePeriod(query.period))), {
      requires: 'usage.read',
      query: PeriodQuery,
      detail: READ,
    })
    .post('/refresh-storage', async ({ scope }) => storageOf(await refreshStorage(ctx, scope)), {
      requires: 'usage.read',
      detail: REFRESH,
    })
}

function answerOf(usage: UsageReport) {
  const { llmCalls, dbtRuns, members, storage } = usage
  const { bySource, ...calls } = llmCalls
  const { openInvites, ...people } = members
  return {
    ...{ period: usage.period, from: usage.from ?? null, to: usage.to },
    llm_calls: { ...calls, by_source: bySource },
    dbt_runs: dbtRuns,
    datasets: usage.datasets,
    dashboards: usage.dashboards,
    members: { ...people, open_invites: openInvites },
    storage: { ...storageOf({ ...storage, bytes: storage.total }), previous: storage.previous, series: storage.series },
  }
}

function storageOf({ bytes, files, isWhole, measuredAt }: Storage) {
  return { bytes, files, is_complete: isWhole, measured_at: measuredAt.toISOString() }
}
