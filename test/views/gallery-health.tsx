import { HOUR_MS } from '#lib/clock.ts'
import { HealthContent, type HealthProps } from '#views/health/health-page.tsx'
import type { HistoryBand } from '#views/health/history-card.tsx'
import type { ProbeCardProps } from '#views/health/probe-card.tsx'
import type { BandSegment } from '#views/ui/bands.tsx'
import { hoursFromNow, NOW, type Say } from './gallery-data.tsx'

type Shown = Readonly<{ content: JSX.Element }>

const TO = NOW.getTime()
const FROM = TO - 24 * HOUR_MS
const RANGES = ['1h', '6h', '24h', '3d', '7d', '30d', '90d']

function cards(say: Say): ProbeCardProps[] {
  const card = { latencyMs: 0.4, meta: {} }
  return [
    {
      ...{ ...card, component: 'db', label: 'Database', status: 'ok', message: 'SELECT 1 was answered.' },
      meta: { engine: 'SQLite', size_bytes: 182_000_000 },
    },
    {
      ...{
        ...card,
        component: 'disk',
        label: 'Disk',
        status: 'warn',
        message: '12.4 % is free on the volume of the data.',
      },
      meta: { free_percent: 12.4, free_bytes: 6_200_000_000, total_bytes: 50_000_000_000, warn_below_percent: 15 },
    },
    {
      ...{
        ...card,
        component: 'vault',
        label: 'Vault',
        status: 'error',
        message: say('m'.repeat(120)),
        latencyMs: 10_000.5,
      },
      meta: { sealed_values: 12, unreadable: 1 },
    },
    {
      ...{ ...card, component: 'dbt', label: 'dbt', status: 'ok', message: 'Installed.' },
      meta: { is_installed: true, version: say(`1.9.1-${'x'.repeat(34)}`), exit_code: null },
    },
  ]
}

function segments(say: Say): BandSegment[] {
  const parts = [
    [0, 9, 'ok', 'Normal', 'SELECT 1 was answered.'],
    [9, 9.5, 'unknown', 'Unknown', ''],
    [9.5, 17, 'ok', 'Normal', 'SELECT 1 was answered.'],
    [17, 18, 'warn', 'Warning', say('late')],
    [18, 19.25, 'error', 'Failing', say('No answer within 3 s.')],
    [19.25, 24, 'ok', 'Normal', say('w'.repeat(120))],
  ] as const
  return parts.map(([from, to, tone, label, message]) => ({
    ...{ fromMs: FROM + from * HOUR_MS, toMs: FROM + to * HOUR_MS, tone, label, message },
  }))
}

function bands(say: Say): HistoryBand[] {
  const unknown = { fromMs: FROM, toMs: TO, tone: 'unknown', label: 'Unknown', message: '' } as const
  return [
    { component: 'db', label: 'Database', uptimePercent: 94.68, segments: segments(say) },
    { component: 'backup', label: 'AI providers', uptimePercent: null, segments: [unknown] },
  ]
}

function health(say: Say, more: Partial<HealthProps> = {}): HealthProps {
  const marks = [
    { fromMs: FROM + HOUR_MS, toMs: FROM + HOUR_MS, texts: [say('2026-02-28 13:00 UTC: Started version 1.4.0')] },
    { fromMs: TO - HOUR_MS, toMs: TO, texts: [say('11:00: one'), say(`11:30: ${'two'.repeat(40)}`)] },
  ]
  return {
    live: { status: 'error', checkedAt: hoursFromNow(-0.01), now: NOW, components: cards(say) },
    history: { ranges: RANGES, range: '24h', history: { fromMs: FROM, toMs: TO, bands: bands(say), marks } },
    alerts: { isAlerting: true, canChange: true, canSendMail: true },
    ...more,
  }
}

export function healthPages(say: Say): Record<string, Shown> {
  const [first] = cards(say)
  return {
    health: { content: <HealthContent {...health(say)} /> },
    'health-bare': {
      content: (
        <HealthContent
          {...health(say, {
            live: { status: 'ok', checkedAt: NOW, now: NOW, components: first ? [first] : [] },
            history: { ranges: RANGES, range: '90d', history: undefined },
            alerts: { isAlerting: false, canChange: false, canSendMail: false },
          })}
        />
      ),
    },
  }
}
