import { CopyBox } from '#views/ui/copy-box.tsx'

export type EventDetailsProps = Readonly<{
  eventId: string
  actorLabel: string
  detail: Readonly<Record<string, unknown>>
  requestId: string | undefined
  at: Date
}>

/** All that is known of an event; needs no script to open. */
export function EventDetails(props: EventDetailsProps): JSX.Element {
  return (
    <details class="hf-audit-details">
      <summary>Details</summary>
      <dl>
        <dt>Time</dt>
        <dd safe>{props.at.toISOString()}</dd>
        <dt>Actor</dt>
        <dd safe>{props.actorLabel}</dd>
        {props.requestId !== undefined && (
          <>
            <dt>Request</dt>
            <dd safe>{props.requestId}</dd>
          </>
        )}
      </dl>
      <pre safe>{JSON.stringify(props.detail, undefined, 2)}</pre>
      <CopyBox id={`event-${props.eventId}`} label="Id of the event" value={props.eventId} />
    </details>
  )
}
