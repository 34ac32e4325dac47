import { PlainHead } from '#views/plain-layout.tsx'
import { Alert } from '#views/ui/alert.tsx'
import { attribute } from '#views/ui/attribute.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { PasswordField } from '#views/ui/field.tsx'

export type ResetPasswordProps = Readonly<{
  token: string
  /** Why the new password was refused. */
  passwordFault?: string | undefined
  fault?: string | undefined
}>

export function ResetPasswordContent(props: ResetPasswordProps): JSX.Element {
  return (
    <>
      <PlainHead title="Choose a new password" text="All your other sessions end. Personal access tokens stay." />
      <ResetPasswordForm {...props} />
    </>
  )
}

/** The fragment of POST /reset-password. */
export function ResetPasswordForm(props: ResetPasswordProps): JSX.Element {
  return (
    <form
      id="reset-password-form"
      method="post"
      action="/reset-password"
      hx-post="/reset-password"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      {props.fault !== undefined && <Alert tone="danger" title="The password was not changed" text={props.fault} />}
      <input type="hidden" name="token" value={attribute(props.token)} />
      <PasswordField
        id="reset-password"
        name="new_password"
        label="New password"
        autocomplete="new-password"
        hint="At least 12 characters. A few words you remember do well."
        fault={props.passwordFault}
        hasFocus
      />
      <SubmitButton label="Change password" busyLabel="Changing…" isWide />
    </form>
  )
}

/** What an old, used or unknown reset link shows. */
export function ResetPasswordGoneContent(): JSX.Element {
  return (
    <>
      <PlainHead
        title="This link no longer works"
        text="A reset link works once, for one hour, and only the newest one counts."
      />
      <a class="btn btn-primary w-100" href="/forgot-password">
        Send a new link
      </a>
      <p class="hf-plain-foot">
        <a href="/login">Back to sign-in</a>
      </p>
    </>
  )
}
