import { PlainHead } from '#views/plain-layout.tsx'
import { Alert } from '#views/ui/alert.tsx'
import { attribute } from '#views/ui/attribute.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { Field, PasswordField } from '#views/ui/field.tsx'

export type LoginProps = Readonly<{
  email?: string | undefined
  /** Where to go after sign-in: a path of this site that begins with one slash. */
  next?: string | undefined
  /** Why the last try was refused, in words that do not tell whether the account exists. */
  fault?: string | undefined
  /** Why the person is here, such as `Sign in to accept the invitation.` */
  reason?: string | undefined
}>

export function LoginContent(props: LoginProps): JSX.Element {
  return (
    <>
      <PlainHead title="Sign in" text={props.reason} />
      <LoginForm {...props} />
    </>
  )
}

/** The fragment of POST /login. */
export function LoginForm(props: LoginProps): JSX.Element {
  return (
    <form
      id="login-form"
      method="post"
      action="/login"
      hx-post="/login"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      {props.fault !== undefined && <Alert tone="danger" title="Not signed in" text={props.fault} />}
      {props.next !== undefined && <input type="hidden" name="next" value={attribute(props.next)} />}
      <Field
        id="login-email"
        name="username"
        label="E-mail"
        type="email"
        autocomplete="username"
        maxlength={254}
        value={props.email}
        hasFocus={!props.email}
      />
      <PasswordField
        id="login-password"
        name="password"
        label="Password"
        autocomplete="current-password"
        hasFocus={Boolean(props.email)}
      />
      <SubmitButton label="Sign in" busyLabel="Signing in…" isWide />
      <p class="hf-plain-foot">
        <a href="/forgot-password">Forgot password?</a>
      </p>
    </form>
  )
}
