import { SubmitButton } from '#views/ui/button.tsx'
import { Field, type FieldFaults, PasswordField, SelectField } from '#views/ui/field.tsx'
import { TLS_CHOICES } from './smtp-words.ts'

export type SmtpFormProps = Readonly<{
  host: string
  port: string
  tls: string
  username: string
  from: string
  isPasswordSet: boolean
  /** Reasons by field. */
  faults?: FieldFaults | undefined
}>

export function SmtpForm(props: SmtpFormProps): JSX.Element {
  const { faults = {} } = props
  return (
    <form
      class="card hf-setting"
      method="post"
      action="/smtp"
      hx-post="/smtp"
      hx-target="#smtp"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <div class="hf-setting-head">
        <h2>Your mail server</h2>
        <p>
          Ask whoever runs your mail for these. A server that does not offer the encryption you choose, or whose
          certificate is not trusted, gets neither password nor mail.
        </p>
      </div>
      <div class="hf-setting-body">
        <Field
          {...{ id: 'smtp-host', name: 'host', label: 'Host', autocomplete: 'off', maxlength: 255 }}
          value={props.host}
          hint="Such as smtp.example.com."
          fault={faults.host}
        />
        <SelectField
          {...{ id: 'smtp-tls', name: 'tls', label: 'Encryption', choices: TLS_CHOICES }}
          value={props.tls}
          fault={faults.tls}
        />
        <Field
          {...{ id: 'smtp-port', name: 'port', label: 'Port', autocomplete: 'off', maxlength: 5 }}
          value={props.port}
          fault={faults.port}
        />
        <Field
          {...{ id: 'smtp-username', name: 'username', label: 'User name', autocomplete: 'off', maxlength: 320 }}
          value={props.username}
          fault={faults.username}
        />
        <PasswordField
          {...{ id: 'smtp-password', name: 'password', label: 'Password', autocomplete: 'new-password' }}
          isOptional={props.isPasswordSet}
          hint={
            props.isPasswordSet
              ? 'Leave it empty to keep the stored one. Another host, another port or less encryption needs it again.'
              : 'It is stored sealed, and never shown again.'
          }
          fault={faults.password}
        />
        <Field
          {...{ id: 'smtp-from', name: 'from', label: 'Sender', autocomplete: 'off', maxlength: 400 }}
          value={props.from}
          hint="An address your server may send from, or a name and <an address>."
          fault={faults.from}
        />
        <SubmitButton label="Save" busyLabel="Saving…" />
      </div>
    </form>
  )
}
