import { Badge } from '#views/ui/badge.tsx'
import { Time } from '#views/ui/time.tsx'
import { ProbeCard, type ProbeCardProps } from './probe-card.tsx'
import { HEALTH_BADGES, type HealthStatus, overallWords } from './status.ts'

export type HealthLiveProps = Readonly<{
  status: HealthStatus
  checkedAt: Date
  now: Date
  components: readonly ProbeCardProps[]
}>

/** What is so now; where scripts run it asks again every 30 seconds while somebody can see it. */
export function HealthLive(props: HealthLiveProps): JSX.Element {
  return (
    <section
      id="health-now"
      aria-label="Now"
      data-poll="30"
      hx-get="/health"
      hx-trigger="poll"
      hx-target="this"
      hx-swap="outerMorph"
    >
      <div class="hf-health-overall">
        <Badge {...HEALTH_BADGES[props.status]} />
        <p>
          <b safe>{overallWords(props.components)}</b>{' '}
          <span class="hf-health-checked">
            Checked <Time at={props.checkedAt} now={props.now} />
          </span>
        </p>
      </div>
      <div class="hf-probes">
        {props.components.map((component) => (
          <ProbeCard {...component} />
        ))}
      </div>
    </section>
  )
}
