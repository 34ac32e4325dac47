import { SubmitButton } from '#views/ui/button.tsx'
import { Checkbox } from '#views/ui/field.tsx'

export type AlertsFormProps = Readonly<{ isAlerting: boolean; canChange: boolean; canSendMail: boolean }>

/** Whether the org's admins are told when something fails. */
export function AlertsForm(props: AlertsFormProps): JSX.Element {
  return (
    <section id="health-alerts" class="card hf-card-form" aria-labelledby="alerts-title">
      <h2 id="alerts-title">Alerts</h2>
      {props.canChange ? <Form {...props} /> : <p safe>{stateWords(props)}</p>}
      {!props.canSendMail && <p class="hf-history-note">There is no mail server yet, so no alert can be sent.</p>}
    </section>
  )
}

function Form({ isAlerting }: AlertsFormProps): JSX.Element {
  return (
    <form
      method="post"
      action="/health/alerts"
      hx-post="/health/alerts"
      hx-target="#health-alerts"
      hx-swap="outerMorph"
      hx-disable="find [type=submit]"
    >
      <Checkbox
        id="is-alerting"
        name="is_alerting"
        label="Mail the admins of this organization"
        hint="When a part is bad twice in a row, and again when it is back to normal."
        isChecked={isAlerting}
      />
      <SubmitButton label="Save" busyLabel="Saving…" look="plain" />
    </form>
  )
}

function stateWords({ isAlerting }: AlertsFormProps): string {
  return isAlerting ? 'Admins get a mail when something fails.' : 'Nobody gets a mail when something fails.'
}
