import { exactTime, plural } from '#lib/format.ts'
import { attribute } from '#views/ui/attribute.ts'
import { Badge } from '#views/ui/badge.tsx'
import { SubmitButton } from '#views/ui/button.tsx'
import { FieldNotes } from '#views/ui/field.tsx'
import { LICENSE_BADGES, type LicenseStatus } from './status.ts'

/** The state at a date, and what is closed then. */
export type SimulatedState = Readonly<{
  at: Date
  status: LicenseStatus
  daysRemaining: number | null
  isClosed: boolean
  /** By their names. */
  closedFeatures: readonly string[]
  /** `POST /api/license` and the like: what writes and is open all the same. */
  openRoutes: readonly string[]
  changes: readonly Readonly<{ at: Date; status: 'grace' | 'expired' }>[]
}>

export type SimulatorProps = Readonly<{
  /** As it was typed. */
  day: string
  fault?: string | undefined
  state?: SimulatedState | undefined
}>

/** Anything else a browser leaves out, and complains of. */
const DAY = /^\d{4}-\d\d-\d\d$/

/** The fragment of GET /settings/license. */
export function Simulator({ day, fault, state }: SimulatorProps): JSX.Element {
  return (
    <section id="license-simulator" class="card hf-card-form" aria-labelledby="simulator-title">
      <h2 id="simulator-title">Look at another date</h2>
      <form
        class="hf-license-simulator"
        method="get"
        action="/settings/license"
        hx-get="/settings/license"
        hx-target="#license-simulator"
        hx-swap="outerMorph"
        hx-sync="replace"
      >
        <div class="hf-field">
          <label class="form-label" for="license-at">
            Date
          </label>
          <input
            id="license-at"
            name="at"
            type="date"
            class={['form-control', fault && 'is-invalid']}
            value={attribute(DAY.test(day) ? day : '')}
            required
            aria-invalid={fault ? 'true' : undefined}
            aria-describedby={fault ? 'license-at-fault' : 'license-at-hint'}
          />
          <FieldNotes
            id="license-at"
            hint="The start of the day, by UTC. Nothing is changed by looking."
            fault={fault}
          />
        </div>
        <SubmitButton label="Show" busyLabel="Looking…" look="plain" icon="search" />
      </form>
      {state !== undefined && <Result {...state} />}
    </section>
  )
}

function Result(state: SimulatedState): JSX.Element {
  return (
    <div class="hf-license-result">
      <p class="hf-license-title">
        <b safe>{exactTime(state.at)}</b> <Badge {...LICENSE_BADGES[state.status]} />
      </p>
      <dl class="hf-license-facts">
        <dt>Saving</dt>
        <dd>{state.isClosed ? 'Closed: POST, PUT, PATCH and DELETE' : 'Open'}</dd>
        <dt>Closed features</dt>
        <dd safe>{state.closedFeatures.join(', ') || 'None'}</dd>
        <dt>After that</dt>
        <dd safe>{afterWords(state)}</dd>
      </dl>
      {state.isClosed && (
        <details class="hf-license-open">
          <summary safe>{`${plural(state.openRoutes.length, 'route')} stay open all the same`}</summary>
          <ul>
            {state.openRoutes.map((route) => (
              <li>
                <code safe>{route}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

function afterWords({ status, daysRemaining, changes }: SimulatedState): string {
  const left = status === 'valid' && daysRemaining !== null ? [`${plural(daysRemaining, 'day')} left`] : []
  const words = changes.map(
    ({ at, status }) => `${status === 'grace' ? 'grace period' : 'expired'} from ${exactTime(at)}`,
  )
  return [...left, ...words].join(', ') || 'No change is known'
}
