import { plural } from '#lib/format.ts'
import { attribute } from '#views/ui/attribute.ts'
import { Badge } from '#views/ui/badge.tsx'
import { SubmitButton } from '#views/ui/button.tsx'
import { ExactTime, Time } from '#views/ui/time.tsx'
import { AttemptItem, type AttemptProps } from './attempt-item.tsx'
import { DELIVERY_BADGES, type DeliveryStatus } from './status.ts'

export type DeliveryRowProps = Readonly<{
  id: string
  eventId: string
  eventType: string
  /** `event`, `redelivery` or `replay`. */
  origin: string
  status: DeliveryStatus
  attempts: readonly AttemptProps[]
  nextRetryAt: Date | null
  createdAt: Date
}>

export function DeliveryRow(props: DeliveryRowProps & Readonly<{ webhookId: number; now: Date }>): JSX.Element {
  const { eventType, eventId, attempts, now, id, webhookId } = props
  return (
    <tr>
      <td class="hf-cell-who">
        <div class="hf-who-lines">
          <b safe>{eventType}</b>
          <small>
            <span safe>{wordsOf(props)}</span>
            {props.status === 'waiting' && props.nextRetryAt !== null && (
              <span>
                {' '}
                Next try at <ExactTime at={props.nextRetryAt} />.
              </span>
            )}
          </small>
          <details class="hf-audit-details">
            <summary safe>{attempts.length === 0 ? 'No attempts' : plural(attempts.length, 'attempt')}</summary>
            <dl>
              <dt>Event</dt>
              <dd safe>{eventId}</dd>
              <dt>Delivery</dt>
              <dd safe>{id}</dd>
            </dl>
            <ol class="hf-webhook-attempts">
              {attempts.map((attempt) => (
                <AttemptItem {...attempt} />
              ))}
            </ol>
          </details>
        </div>
      </td>
      <td class="hf-cell-time">
        <Time at={props.createdAt} now={now} />
      </td>
      <td class="hf-cell-badge">
        <Badge {...DELIVERY_BADGES[props.status]} />
      </td>
      <td class="hf-cell-menu">
        <form
          method="post"
          action={attribute(`/webhooks/${webhookId}/deliveries/${id}/redeliver`)}
          hx-post={attribute(`/webhooks/${webhookId}/deliveries/${id}/redeliver`)}
          hx-target="#webhook"
          hx-swap="outerHTML"
          hx-disable="find [type=submit]"
        >
          <SubmitButton label="Send again" busyLabel="Sending…" look="ghost" />
        </form>
      </td>
    </tr>
  )
}

const AGAIN: Readonly<Record<string, string>> = { redelivery: ' Sent again by hand.', replay: ' Part of a replay.' }

function wordsOf({ status, attempts, origin }: DeliveryRowProps): string {
  const last = attempts.at(-1)
  const nothing = status === 'waiting' ? 'On its way.' : 'Nothing was sent.'
  const answer = last?.statusCode === null ? (last.error ?? 'No answer.') : `Answered ${last?.statusCode}.`
  return (last ? answer : nothing) + (AGAIN[origin] ?? '')
}
