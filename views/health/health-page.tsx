import { attribute } from '#views/ui/attribute.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { PageHead } from '#views/ui/page-head.tsx'
import { AlertsForm, type AlertsFormProps } from './alerts-form.tsx'
import { HistoryCard, type HistoryProps } from './history-card.tsx'
import { HealthLive, type HealthLiveProps } from './live.tsx'

export type HealthProps = Readonly<{
  live: HealthLiveProps
  history: HistoryProps
  /** Undefined when it could not be read. */
  alerts: AlertsFormProps | undefined
}>

const TEXT = 'How the parts of the system are now, and how they were. Checked again every 30 seconds.'

export function HealthContent({ live, history, alerts }: HealthProps): JSX.Element {
  return (
    <>
      <PageHead title="Health" text={TEXT} action={<RefreshForm range={history.range} />} />
      <HealthLive {...live} />
      <HistoryCard {...history} />
      {alerts !== undefined && <AlertsForm {...alerts} />}
    </>
  )
}

function RefreshForm({ range }: Readonly<{ range: string }>): JSX.Element {
  return (
    <form
      method="get"
      action="/health"
      hx-get="/health"
      hx-target="#health-now"
      hx-swap="outerMorph"
      hx-disable="find [type=submit]"
    >
      <input type="hidden" name="range" value={attribute(range)} />
      <input type="hidden" name="refresh" value="true" />
      <SubmitButton label="Refresh" busyLabel="Checking…" look="plain" icon="refresh" />
    </form>
  )
}
