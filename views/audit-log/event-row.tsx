import { IconAvatar } from '#views/ui/avatar.tsx'
import type { IconName } from '#views/ui/icon.tsx'
import { Time } from '#views/ui/time.tsx'
import { EventDetails } from './event-details.tsx'
import { actorWords, eventWords } from './event-words.ts'

export type EventRowProps = Readonly<{
  eventId: string
  action: string
  /** The sentence of the action; empty for one that this version does not know. */
  fallback: string
  actorKind: 'person' | 'job' | 'operator' | 'nobody'
  actorLabel: string
  detail: Readonly<Record<string, unknown>>
  address: string | undefined
  requestId: string | undefined
  at: Date
}>

const ICONS: Readonly<Record<EventRowProps['actorKind'], IconName>> = {
  person: 'user-circle',
  job: 'refresh',
  operator: 'shield',
  nobody: 'info-circle',
}

type Context = Readonly<{ emails: ReadonlyMap<number, string>; now: Date }>

export function EventRow(props: EventRowProps & Context): JSX.Element {
  return (
    <tr>
      <td class="hf-cell-who">
        <div class="hf-who">
          <IconAvatar icon={ICONS[props.actorKind]} />
          <div class="hf-who-lines">
            <b safe>{eventWords(props, props.emails)}</b>
            <small safe>{actorWords(props)}</small>
            <EventDetails {...props} />
          </div>
        </div>
      </td>
      <td class="hf-audit-action">
        <code safe>{props.action}</code>
      </td>
      <td class="hf-cell-fact hf-audit-address">{props.address !== undefined && <span safe>{props.address}</span>}</td>
      <td class="hf-cell-time">
        <Time at={props.at} now={props.now} />
      </td>
    </tr>
  )
}
