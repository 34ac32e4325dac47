import { Alert } from '#views/ui/alert.tsx'
import { Badge } from '#views/ui/badge.tsx'
import { ExactTime } from '#views/ui/time.tsx'
import { eventsWords, webhookBadge } from './status.ts'
import { WebhookActs } from './webhook-acts.tsx'

export type StandingProps = Readonly<{
  id: number
  url: string
  events: readonly string[]
  isActive: boolean
  disabledReason: string | null
  failingSince: Date | null
}>

/** How a webhook is, and what can be done about it. */
export function Standing(props: StandingProps): JSX.Element {
  const { disabledReason, failingSince, isActive } = props
  return (
    <section class="card hf-card-form" aria-labelledby="standing-title">
      <h2 id="standing-title" class="hf-license-title">
        Status <Badge {...webhookBadge(props)} />
      </h2>
      {disabledReason !== null && (
        <Alert
          tone="danger"
          title="Disabled"
          text={`${disabledReason} Mend the receiver, enable the webhook, then replay what it missed.`}
        />
      )}
      {isActive && failingSince !== null && (
        <p>
          Every attempt since <ExactTime at={failingSince} /> has failed. After 5 days the webhook is disabled.
        </p>
      )}
      <p safe>{`Gets ${props.events.length === 0 ? 'every event' : eventsWords(props.events)}.`}</p>
      <WebhookActs {...props} />
    </section>
  )
}
