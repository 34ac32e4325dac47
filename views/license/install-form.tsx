import { SubmitButton } from '#views/ui/button.tsx'
import { TextAreaField } from '#views/ui/field.tsx'

/** The document as last pasted, and why it was refused. */
export type LicenseDraft = Readonly<{ text: string; fault: string }>

/** The box for a new licence. */
export function InstallForm({ draft }: Readonly<{ draft?: LicenseDraft | undefined }>): JSX.Element {
  return (
    <form
      method="post"
      action="/settings/license"
      hx-post="/settings/license"
      hx-target="#license"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <TextAreaField
        id="license-text"
        name="license"
        label="Licence document"
        rows="8"
        value={draft?.text}
        hint="Paste the whole text of the file that you were sent. It counts at once, and the one before stays when it is refused."
        fault={draft?.fault}
      />
      <SubmitButton label="Install licence" busyLabel="Installing…" icon="check" />
    </form>
  )
}
