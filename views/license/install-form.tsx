import { SubmitButton } from '#views/ui/button.tsx'
import { FileField, TextAreaField } from '#views/ui/field.tsx'

/** The document as last pasted, and why it was refused. */
export type LicenseDraft = Readonly<{ text: string; fault: string }>

export type InstallFormProps = Readonly<{
  draft?: LicenseDraft | undefined
  /** Why the file was refused. */
  fileFault?: string | undefined
}>

/** The box for a new licence, and the way in for its file. */
export function InstallForm({ draft, fileFault }: InstallFormProps): JSX.Element {
  return (
    <>
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
      <form
        class="hf-license-file"
        method="post"
        action="/settings/license/file"
        enctype="multipart/form-data"
        hx-post="/settings/license/file"
        hx-target="#license"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <FileField
          id="license-file"
          name="file"
          label="Licence file"
          accept=".json,application/json"
          hint="Or choose the file itself, or drop it here. At most 1 MiB."
          fault={fileFault}
        />
        <SubmitButton label="Install file" busyLabel="Installing…" look="plain" icon="upload" />
      </form>
    </>
  )
}
