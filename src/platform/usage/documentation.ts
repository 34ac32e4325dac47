import { Type } from '@sinclair/typebox'
import { describe } from '#http/describe.ts'
import { Time } from '#http/schemas.ts'
import { PERIODS } from './period.ts'

const TAG = 'Usage'
const Count = Type.Integer({ minimum: 0 })
const Day = Type.String({ format: 'date', description: 'A day, by UTC.' })
const FIGURE = {
  total: Count,
  previous: Type.Union([Count, Type.Null()], {
    description: 'Of the period before, or the level at its end; null where there is nothing to compare with.',
  }),
  series: Type.Array(
    Type.Object({
      from: Type.String({ format: 'date', description: 'The day; with `all` the first day of the month.' }),
      value: Type.Union([Count, Type.Null()], { description: 'Null where nobody wrote it down.' }),
    }),
  ),
}

const StorageObject = Type.Object({
  bytes: Count,
  files: Count,
  is_complete: Type.Boolean({ description: 'False when the walk was cut short: then there is at least so much.' }),
  measured_at: Time,
  previous: FIGURE.previous,
  series: FIGURE.series,
})

const UsageObject = Type.Object({
  period: Type.Union(PERIODS.map((period) => Type.Literal(period))),
  from: Type.Union([Day, Type.Null()], { description: 'The first day; null with `all`.' }),
  to: Day,
  llm_calls: Type.Object({
    ...FIGURE,
    by_source: Type.Array(Type.Object({ source: Type.String(), calls: Count })),
  }),
  dbt_runs: Type.Object({ ...FIGURE, ok: Count, failed: Count }),
  datasets: Type.Object(FIGURE),
  dashboards: Type.Object(FIGURE),
  members: Type.Object({ ...FIGURE, open_invites: Count }, { description: 'Members who can sign in.' }),
  storage: StorageObject,
})

const SERIES = [{ from: '2026-03-01', value: 12 }]
const STORAGE_EXAMPLE = {
  ...{ bytes: 18_400_000, files: 214, is_complete: true, measured_at: '2026-03-01T09:00:00.000Z' },
  ...{ previous: 17_100_000, series: [{ from: '2026-03-01', value: 18_400_000 }] },
}
const NONE = { total: 0, previous: null, series: [] }
const EXAMPLE = {
  ...{ period: 'today', from: '2026-03-01', to: '2026-03-01' },
  llm_calls: { total: 12, previous: 9, series: SERIES, by_source: [{ source: 'chat', calls: 12 }] },
  dbt_runs: { total: 12, previous: 14, series: SERIES, ok: 11, failed: 1 },
  ...{ datasets: NONE, dashboards: NONE },
  members: { total: 12, previous: 11, series: SERIES, open_invites: 3 },
  storage: STORAGE_EXAMPLE,
}

export const PERIOD_WORDS =
  '`today`, `7d` (unless given), `30d` or `all`: whole days by UTC, the last one being today. Each is compared with as many days before it.'

export const READ = describe({
  tag: TAG,
  summary: 'What the org uses',
  description:
    'Calls of language models and dbt runs of a period, and what there is now. Storage is walked at most once in five minutes.',
  answers: { 200: { description: 'The figures.', schema: UsageObject, example: EXAMPLE } },
  errors: { 422: ['invalid_query'] },
})

const { previous: _previous, series: _series, ...walked } = STORAGE_EXAMPLE

export const REFRESH = describe({
  tag: TAG,
  summary: 'Walk the storage anew',
  description: 'After a large upload. Nothing of the org is changed.',
  answers: {
    200: {
      description: 'What was found.',
      schema: Type.Pick(StorageObject, ['bytes', 'files', 'is_complete', 'measured_at']),
      example: walked,
    },
  },
})
