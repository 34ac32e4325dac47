import { DAY_MS, dateOfMs } from '#lib/clock.ts'
import { plural } from '#lib/format.ts'
import { Band, type BandMark, BandMarks, BandPatterns, type BandSegment } from '#views/ui/bands.tsx'
import { Tabs } from '#views/ui/tabs.tsx'
import { HistoryData } from './history-data.tsx'

export type HistoryBand = Readonly<{
  component: string
  label: string
  uptimePercent: number | null
  segments: readonly BandSegment[]
}>

export type HistoryProps = Readonly<{
  ranges: readonly string[]
  range: string
  /** Undefined when it could not be read: the rest of the page stands without it. */
  history:
    | Readonly<{ fromMs: number; toMs: number; bands: readonly HistoryBand[]; marks: readonly BandMark[] }>
    | undefined
}>

const TICKS = 4

export function HistoryCard({ ranges, range, history }: HistoryProps): JSX.Element {
  return (
    <section class="card hf-history" aria-labelledby="history-title" id="health-history">
      <div class="hf-toolbar hf-history-head">
        <h2 id="history-title">History</h2>
        <Tabs
          label="Range of the history"
          tabs={ranges.map((each) => ({ label: each, href: `/health?range=${each}`, isCurrent: each === range }))}
        />
      </div>
      {history === undefined ? (
        <p class="hf-history-note">The history cannot be shown right now. What is above is not touched by that.</p>
      ) : (
        <Bands {...history} />
      )}
    </section>
  )
}

function Bands(props: NonNullable<HistoryProps['history']>): JSX.Element {
  const { fromMs, toMs, bands, marks } = props
  return (
    <div class="hf-history-body">
      <BandPatterns />
      {bands.map((band) => (
        <div class="hf-band">
          <b safe>{band.label}</b>
          <Band
            {...{ fromMs, toMs, segments: band.segments }}
            name={band.label}
            summary={`${uptimeWords(band)}, ${badWords(band)}`}
          />
          <span safe>{uptimeText(band)}</span>
        </div>
      ))}
      <div class="hf-band hf-band-changes">
        <b>Changes</b>
        <BandMarks fromMs={fromMs} toMs={toMs} marks={marks} />
        <span />
      </div>
      <Axis fromMs={fromMs} toMs={toMs} />
      <Legend />
      {bands.every(({ uptimePercent }) => uptimePercent === null) && (
        <p class="hf-history-none">Nothing is known of this time. The system looks once a minute while it runs.</p>
      )}
      <HistoryData {...props} />
    </div>
  )
}

function Axis({ fromMs, toMs }: Readonly<{ fromMs: number; toMs: number }>): JSX.Element {
  const times = Array.from({ length: TICKS + 1 }, (_, place) => fromMs + ((toMs - fromMs) * place) / TICKS)
  return (
    <div class="hf-band hf-band-axis" aria-hidden="true">
      <b />
      <div>
        {times.map((ms) => (
          <span safe>{tickWords(ms, toMs - fromMs)}</span>
        ))}
      </div>
      <span>UTC</span>
    </div>
  )
}

/** Times of a day, then days with times, then days. */
function tickWords(ms: number, rangeMs: number): string {
  const text = dateOfMs(ms).toISOString()
  const [day, time] = [text.slice(5, 10), text.slice(11, 16)]
  if (rangeMs <= DAY_MS) return time
  return rangeMs <= 3 * DAY_MS ? `${day} ${time}` : day
}

function Legend(): JSX.Element {
  return (
    <ul class="hf-band-legend">
      <LegendEntry tone="ok" label="Normal" />
      <LegendEntry tone="warn" label="Warning" />
      <LegendEntry tone="error" label="Failing" />
      <LegendEntry tone="unknown" label="Unknown: nothing was running" />
      <li>Uptime is the share of the known time that was not failing.</li>
    </ul>
  )
}

function LegendEntry({ tone, label }: Readonly<{ tone: BandSegment['tone']; label: string }>): JSX.Element {
  return (
    <li>
      <svg width="14" height="14" aria-hidden="true" focusable="false">
        <rect width="100%" height="100%" rx="2" class={`hf-band-${tone}`} />
        {tone !== 'ok' && <rect width="100%" height="100%" rx="2" fill={`url(#band-${tone})`} />}
      </svg>
      <span safe>{label}</span>
    </li>
  )
}

function uptimeText({ uptimePercent }: HistoryBand): string {
  return uptimePercent === null ? '–' : `${uptimePercent} %`
}

function uptimeWords({ uptimePercent }: HistoryBand): string {
  return uptimePercent === null ? 'nothing is known' : `up ${uptimePercent} percent`
}

function badWords({ segments }: HistoryBand): string {
  const bad = segments.filter(({ tone }) => tone === 'warn' || tone === 'error').length
  return bad === 0 ? 'never warning or failing' : `warning or failing ${plural(bad, 'time')}`
}
