import { PlainHead } from '#views/plain-layout.tsx'
import { Alert } from '#views/ui/alert.tsx'
import { attribute } from '#views/ui/attribute.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { type FieldFaults, PasswordField, UsernameHint } from '#views/ui/field.tsx'

export type PasswordDueProps = Readonly<{
  email: string
  next?: string | undefined
  /** Reasons by field: `old_password`, `new_password`. */
  faults?: FieldFaults | undefined
  fault?: string | undefined
}>

/** Stands before every other page while a password chosen by somebody else is still in use. */
export function PasswordDueContent(props: PasswordDueProps): JSX.Element {
  return (
    <>
      <PlainHead
        title="Choose your own password"
        text="Somebody else knows the one you signed in with. Change it to go on."
      />
      <PasswordDueForm {...props} />
      <form method="post" action="/logout" class="hf-plain-foot">
        <button type="submit" class="hf-link-button">
          Sign out
        </button>
      </form>
    </>
  )
}

/** The fragment of POST /account/password while the change is due. */
export function PasswordDueForm(props: PasswordDueProps): JSX.Element {
  const { faults = {} } = props
  return (
    <form
      id="password-due-form"
      method="post"
      action="/account/password"
      hx-post="/account/password"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      {props.fault !== undefined && <Alert tone="danger" title="The password was not changed" text={props.fault} />}
      <input type="hidden" name="due" value="1" />
      {props.next !== undefined && <input type="hidden" name="next" value={attribute(props.next)} />}
      <UsernameHint email={props.email} />
      <PasswordField
        id="due-old-password"
        name="old_password"
        label="Password you signed in with"
        autocomplete="current-password"
        fault={faults.old_password}
        hasFocus
      />
      <PasswordField
        id="due-new-password"
        name="new_password"
        label="New password"
        autocomplete="new-password"
        hint="At least 12 characters. A few words you remember do well."
        fault={faults.new_password}
      />
      <SubmitButton label="Change password" busyLabel="Changing…" isWide />
    </form>
  )
}
