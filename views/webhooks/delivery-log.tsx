import { plural } from '#lib/format.ts'
import { LinkButton, OpenDialogButton, SubmitButton } from '#views/ui/button.tsx'
import { Empty } from '#views/ui/empty.tsx'
import { SelectField } from '#views/ui/field.tsx'
import { Pager } from '#views/ui/pager.tsx'
import { Tabs } from '#views/ui/tabs.tsx'
import { DeliveryRow, type DeliveryRowProps } from './delivery-row.tsx'
import type { EventChoice } from './event-picker.tsx'
import { LOG_STATUSES, type LogState, logHref } from './log-state.ts'
import { DELIVERY_BADGES } from './status.ts'

export type DeliveryLogProps = Readonly<{
  id: number
  state: LogState
  deliveries: readonly DeliveryRowProps[]
  choices: readonly EventChoice[]
  nextCursor: string | undefined
  /** Set on any page but the first. */
  cursor?: string | undefined
  now: Date
}>

export function DeliveryLog(props: DeliveryLogProps): JSX.Element {
  const { id, state, deliveries, cursor, nextCursor } = props
  const count = plural(deliveries.length, 'delivery', 'deliveries')
  return (
    <section class="card" aria-labelledby="deliveries-title">
      <div class="hf-toolbar">
        <h2 id="deliveries-title" class="hf-webhook-log-title">
          Deliveries
        </h2>
        <Tabs label="Filter deliveries" tabs={tabsOf(id, state)} />
        <OpenDialogButton label="Replay" dialogId="webhook-replay" icon="refresh" />
      </div>
      <EventFilter {...props} />
      {deliveries.length > 0 ? <DeliveryTable {...props} /> : <NoDeliveries {...props} />}
      {deliveries.length > 0 && (
        <Pager
          summary={cursor || nextCursor ? `${count} on this page` : count}
          firstHref={cursor ? logHref(id, state) : undefined}
          nextHref={nextCursor ? logHref(id, state, nextCursor) : undefined}
        />
      )}
    </section>
  )
}

function tabsOf(id: number, state: LogState) {
  const all = {
    label: 'All',
    href: logHref(id, { ...state, status: undefined }),
    isCurrent: state.status === undefined,
  }
  const each = LOG_STATUSES.map((status) => ({
    label: DELIVERY_BADGES[status].label,
    href: logHref(id, { ...state, status }),
    isCurrent: state.status === status,
  }))
  return [all, ...each]
}

function EventFilter({ id, state, choices }: DeliveryLogProps): JSX.Element {
  const types = choices.map(({ type }) => ({ value: type, label: type }))
  return (
    <search class="hf-webhook-filter">
      <form
        class="hf-form-line"
        method="get"
        action={`/webhooks/${id}`}
        hx-get={`/webhooks/${id}`}
        hx-trigger="change, submit"
        hx-target="#webhook"
        hx-swap="outerHTML"
        hx-replace-url="true"
      >
        {state.status !== undefined && <input type="hidden" name="status" value={state.status} />}
        <SelectField
          id="delivery-event"
          name="event"
          label="Event"
          value={state.event}
          choices={[{ value: '', label: 'Every event' }, ...types]}
        />
        <SubmitButton label="Filter" busyLabel="Filtering…" look="plain" />
      </form>
    </search>
  )
}

function DeliveryTable({ id, deliveries, now }: DeliveryLogProps): JSX.Element {
  return (
    <table class="table hf-table">
      <thead>
        <tr>
          <th scope="col">Event</th>
          <th scope="col">When</th>
          <th scope="col">Status</th>
          <th scope="col">
            <span class="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {deliveries.map((delivery) => (
          <DeliveryRow {...delivery} webhookId={id} now={now} />
        ))}
      </tbody>
    </table>
  )
}

function NoDeliveries({ id, state, cursor }: DeliveryLogProps): JSX.Element {
  if (state.status !== undefined || state.event !== '' || cursor) {
    return (
      <Empty icon="search" title="Nothing found" text="No delivery fits this filter.">
        <LinkButton label="Clear filter" href={logHref(id, { status: undefined, event: '' })} />
      </Empty>
    )
  }
  return (
    <Empty
      icon="send"
      title="Nothing was sent yet"
      text="What happens from now on is listed here, with every attempt and the answer to it, for 30 days."
    />
  )
}
