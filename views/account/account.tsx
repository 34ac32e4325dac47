import { Alert } from '#views/ui/alert.tsx'
import { OpenDialogButton, SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { Checkbox, Field, type FieldFaults, PasswordField, UsernameHint } from '#views/ui/field.tsx'
import { PageHead } from '#views/ui/page-head.tsx'

export type AccountProps = Readonly<{
  profile: ProfileFormProps
  password: PasswordFormProps
  signOut: SignOutEverywhereProps
}>

export function AccountContent(props: AccountProps): JSX.Element {
  return (
    <>
      <PageHead title="Account" text="Your name, your password and where you are signed in." />
      <div class="hf-settings">
        <ProfileForm {...props.profile} />
        <PasswordForm {...props.password} />
        <SignOutEverywhere {...props.signOut} />
      </div>
    </>
  )
}

export type ProfileFormProps = Readonly<{ name: string; email: string; fault?: string | undefined }>

/** The fragment of POST /account/profile. */
export function ProfileForm(props: ProfileFormProps): JSX.Element {
  return (
    <form
      id="profile-form"
      class="card hf-setting"
      method="post"
      action="/account/profile"
      hx-post="/account/profile"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <div class="hf-setting-head">
        <h2>Profile</h2>
        <p>Others see your name beside what you do.</p>
      </div>
      <div class="hf-setting-body">
        <Field
          id="profile-name"
          name="name"
          label="Name"
          autocomplete="name"
          maxlength={100}
          value={props.name}
          fault={props.fault}
        />
        <Field
          id="profile-email"
          name="email"
          label="E-mail"
          type="email"
          autocomplete="email"
          maxlength={254}
          value={props.email}
          hint="You sign in with it. It cannot be changed here."
          isReadOnly
        />
        <SubmitButton label="Save name" busyLabel="Saving…" />
      </div>
    </form>
  )
}

export type PasswordFormProps = Readonly<{
  email: string
  /** Reasons by field: `old_password`, `new_password`. */
  faults?: FieldFaults | undefined
  fault?: string | undefined
}>

/** The fragment of POST /account/password. */
export function PasswordForm(props: PasswordFormProps): JSX.Element {
  const { faults = {} } = props
  return (
    <form
      id="password-form"
      class="card hf-setting"
      method="post"
      action="/account/password"
      hx-post="/account/password"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <div class="hf-setting-head">
        <h2>Password</h2>
        <p>A change ends your other sessions. Personal access tokens stay.</p>
      </div>
      <div class="hf-setting-body">
        {props.fault !== undefined && <Alert tone="danger" title="The password was not changed" text={props.fault} />}
        <UsernameHint email={props.email} />
        <PasswordField
          id="old-password"
          name="old_password"
          label="Current password"
          autocomplete="current-password"
          fault={faults.old_password}
        />
        <PasswordField
          id="new-password"
          name="new_password"
          label="New password"
          autocomplete="new-password"
          hint="At least 12 characters. A few words you remember do well."
          fault={faults.new_password}
        />
        <SubmitButton label="Change password" busyLabel="Changing…" />
      </div>
    </form>
  )
}

/** `tokenCount` is the number of personal access tokens that still work. */
export type SignOutEverywhereProps = Readonly<{ tokenCount: number }>

export function SignOutEverywhere(props: SignOutEverywhereProps): JSX.Element {
  return (
    <section class="card hf-setting" aria-labelledby="sessions-title">
      <div class="hf-setting-head">
        <h2 id="sessions-title">Sessions</h2>
        <p>Lost a device, or left one signed in? End every session, this one included.</p>
      </div>
      <div class="hf-setting-body">
        <OpenDialogButton label="Sign out everywhere" dialogId="sign-out-everywhere" icon="logout" />
      </div>
      <Dialog id="sign-out-everywhere" title="Sign out everywhere?">
        <form method="post" action="/account/sign-out-everywhere">
          <p>
            Every browser and every script that signed in with your password has to sign in again, this browser too.
          </p>
          <Checkbox
            id="revoke-tokens"
            name="tokens"
            label="Also revoke my personal access tokens"
            hint={
              props.tokenCount === 0
                ? 'You have none.'
                : `${props.tokenCount} of them still work. Scripts that use them stop.`
            }
          />
          <DialogFoot dialogId="sign-out-everywhere">
            <SubmitButton label="Sign out" busyLabel="Signing out…" look="danger" />
          </DialogFoot>
        </form>
      </Dialog>
    </section>
  )
}
