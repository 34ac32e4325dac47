import { plural } from '#lib/format.ts'
import { PageHead } from '#views/ui/page-head.tsx'
import { Tabs } from '#views/ui/tabs.tsx'
import type { FigureProps } from './figure.tsx'
import { KpiCard } from './kpi-card.tsx'
import { StorageCard } from './storage-card.tsx'

export type UsagePeriod = 'today' | '7d' | '30d' | 'all'

export type UsageProps = Readonly<{
  orgName: string
  period: UsagePeriod
  llmCalls: FigureProps & Readonly<{ bySource: readonly Readonly<{ source: string; calls: number }>[] }>
  dbtRuns: FigureProps & Readonly<{ ok: number; failed: number }>
  datasets: FigureProps
  dashboards: FigureProps
  members: FigureProps & Readonly<{ openInvites: number }>
  storage: FigureProps & Readonly<{ files: number; isWhole: boolean; measuredAt: Date }>
  now: Date
}>

const LABELS: Readonly<Record<UsagePeriod, string>> = { today: 'Today', '7d': '7d', '30d': '30d', all: 'All' }
const BEFORE: Readonly<Record<UsagePeriod, string>> = {
  today: 'all of yesterday',
  '7d': 'the 7 days before',
  '30d': 'the 30 days before',
  all: '',
}
/** A level is held against the one at the end of the period before. */
const AGO: Readonly<Record<UsagePeriod, string>> = {
  today: 'at the end of yesterday',
  '7d': '7 days ago',
  '30d': '30 days ago',
  all: '',
}
const COUNT = new Intl.NumberFormat('en')
const PERIODS = ['today', '7d', '30d', 'all'] as const

/** Also the fragment of POST /usage/refresh-storage. */
export function UsageContent(props: UsageProps): JSX.Element {
  const { period, llmCalls, dbtRuns, members } = props
  const isByMonth = period === 'all'
  const shared = { before: BEFORE[period], isByMonth }
  const levels = { before: AGO[period], isByMonth }
  const calls = llmCalls.total === 0
  const runs = dbtRuns.total === 0
  return (
    <div id="usage">
      <PageHead
        title="Usage"
        text={`What ${props.orgName} uses. Days are counted by UTC.`}
        action={<Periods period={period} />}
      />
      <div class="hf-usage-grid">
        <KpiCard
          {...shared}
          name="LLM calls"
          figure={llmCalls}
          words={(value) => plural(value, 'call')}
          notes={calls ? ['Chat and agents are counted here, by source.'] : llmCalls.bySource.map(sourceWords)}
        />
        <KpiCard
          {...shared}
          name="dbt runs"
          figure={dbtRuns}
          words={(value) => plural(value, 'run')}
          notes={[
            runs
              ? 'Successful and failed runs are counted here.'
              : `${dbtRuns.ok} successful, ${dbtRuns.failed} failed`,
          ]}
        />
        <KpiCard
          {...levels}
          name="Datasets"
          figure={props.datasets}
          words={(value) => plural(value, 'dataset')}
          notes={props.datasets.total === 0 ? ['Datasets are counted once data is synced or uploaded.'] : []}
        />
        <KpiCard
          {...levels}
          name="Dashboards"
          figure={props.dashboards}
          words={(value) => plural(value, 'dashboard')}
          notes={props.dashboards.total === 0 ? ['Dashboards are counted once some are built on datasets.'] : []}
        />
        <KpiCard
          {...levels}
          name="Members"
          figure={members}
          words={(value) => plural(value, 'active member')}
          notes={[`Active now. ${plural(members.openInvites, 'open invitation')}`]}
        />
        <StorageCard {...levels} storage={props.storage} period={period} now={props.now} />
      </div>
    </div>
  )
}

function Periods({ period }: Pick<UsageProps, 'period'>): JSX.Element {
  const tabs = PERIODS.map((each) => ({
    label: LABELS[each],
    href: each === '7d' ? '/usage' : `/usage?period=${each}`,
    isCurrent: each === period,
  }))
  return <Tabs label="Period" tabs={tabs} />
}

function sourceWords({ source, calls }: Readonly<{ source: string; calls: number }>): string {
  return `${source}: ${COUNT.format(calls)}`
}
