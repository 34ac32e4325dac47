import { Alert } from '#views/ui/alert.tsx'
import { SubmitButton } from '#views/ui/button.tsx'
import { Field } from '#views/ui/field.tsx'

export type TestFormProps = Readonly<{
  to: string
  fault?: string | undefined
  /** What came of the last one, in the words of the server. */
  result?: Readonly<{ isTaken: boolean; detail: string }> | undefined
}>

export function TestForm({ to, fault, result }: TestFormProps): JSX.Element {
  return (
    <form
      class="card hf-setting"
      method="post"
      action="/smtp/test"
      hx-post="/smtp/test"
      hx-target="#smtp"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <div class="hf-setting-head">
        <h2>Test mail</h2>
        <p>Sends one mail through your own server, with what is saved, and shows what the server says.</p>
      </div>
      <div class="hf-setting-body">
        {result !== undefined && (
          <Alert
            tone={result.isTaken ? 'success' : 'danger'}
            title={result.isTaken ? `The server took the mail to ${to}` : 'The mail was not sent'}
          >
            <p class="hf-smtp-words" safe>
              {result.detail}
            </p>
          </Alert>
        )}
        <Field
          {...{ id: 'smtp-to', name: 'to', label: 'To', type: 'email', autocomplete: 'email', maxlength: 254 }}
          value={to}
          fault={fault}
        />
        <SubmitButton label="Send test mail" busyLabel="Sending…" icon="send" look="plain" />
      </div>
    </form>
  )
}
