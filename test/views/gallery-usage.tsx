import { addDays } from '#lib/day.ts'
import { UsageContent, type UsageProps } from '#views/usage/usage-page.tsx'
import { hoursFromNow, NOW, type Say } from './gallery-data.tsx'

type Shown = Readonly<{ content: JSX.Element }>

const DAYS = 30

export function usagePages(say: Say): Record<string, Shown> {
  const shown = (more: Partial<UsageProps>): Shown => ({ content: <UsageContent {...usageOf(say, more)} /> })
  const nothing = { total: 0, previous: 0, series: courseOf(() => 0) }
  const storage = { ...usageOf(say).storage, isWhole: false }
  return {
    usage: shown({}),
    'usage-nothing': shown({
      period: '7d',
      llmCalls: { ...nothing, bySource: [] },
      dbtRuns: { ...nothing, ok: 0, failed: 0 },
    }),
    'usage-all-and-more': shown({ period: 'all', storage }),
  }
}

function usageOf(say: Say, more: Partial<UsageProps> = {}): UsageProps {
  const none = { total: 0, previous: null, series: [] }
  const bySource = [
    { source: say('chat'), calls: 1_204 },
    { source: say('agent'), calls: 311 },
  ]
  return {
    ...{ orgName: say('Acme Analytics'), period: '30d', now: NOW },
    llmCalls: { total: 1_515, previous: 1_290, series: courseOf((day) => (day * 37) % 90), bySource },
    dbtRuns: { total: 48, previous: 51, series: courseOf((day) => day % 4), ok: 46, failed: 2 },
    ...{ datasets: none, dashboards: none },
    members: { total: 14, previous: 12, series: courseOf((day) => (day < 6 ? null : 12)), openInvites: 3 },
    storage: {
      ...{ total: 18_412_345, previous: 17_000_000, series: courseOf((day) => 17_000_000 + day * 40_000) },
      ...{ files: 214, isWhole: true, measuredAt: hoursFromNow(-0.05) },
    },
    ...more,
  }
}

function courseOf(value: (day: number) => number | null) {
  return Array.from({ length: DAYS }, (_, day) => ({ from: addDays('2026-02-01', day), value: value(day) }))
}
