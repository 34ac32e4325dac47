import { PlainHead } from '#views/plain-layout.tsx'
import { Alert } from '#views/ui/alert.tsx'
import { attribute } from '#views/ui/attribute.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { Field, type FieldFaults, PasswordField } from '#views/ui/field.tsx'

export type SetupFormProps = Readonly<{
  /** The one-time token of the setup link. */
  token: string
  values?: Readonly<{ org: string; name: string; email: string }> | undefined
  /** Reasons by field: `org`, `name`, `email`, `password`. */
  faults?: FieldFaults | undefined
  /** A refusal of the whole form. */
  fault?: string | undefined
}>

export function SetupContent(props: SetupFormProps): JSX.Element {
  return (
    <>
      <PlainHead
        title="Set up Honeyframe"
        text="Name your organization and make its first administrator. This link works once."
      />
      <SetupForm {...props} />
    </>
  )
}

/** The fragment of POST /setup. */
export function SetupForm(props: SetupFormProps): JSX.Element {
  const { values, faults = {} } = props
  return (
    <form
      id="setup-form"
      method="post"
      action="/setup"
      hx-post="/setup"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      {props.fault !== undefined && <Alert tone="danger" title="Setup did not finish" text={props.fault} />}
      <input type="hidden" name="token" value={attribute(props.token)} />
      <Field
        id="setup-org"
        name="org"
        label="Organization"
        autocomplete="organization"
        maxlength={100}
        value={values?.org}
        fault={faults.org}
        hasFocus={!props.faults}
      />
      <Field
        id="setup-name"
        name="name"
        label="Your name"
        autocomplete="name"
        maxlength={100}
        value={values?.name}
        fault={faults.name}
      />
      <Field
        id="setup-email"
        name="email"
        label="E-mail"
        type="email"
        autocomplete="username"
        maxlength={254}
        value={values?.email}
        hint="You sign in with it."
        fault={faults.email}
      />
      <PasswordField
        id="setup-password"
        name="password"
        label="Password"
        autocomplete="new-password"
        hint="At least 12 characters. A few words you remember do well."
        fault={faults.password}
      />
      <SubmitButton label="Set up and sign in" busyLabel="Setting up…" isWide />
    </form>
  )
}

/** What an old, used or unknown setup link shows. */
export function SetupGoneContent(): JSX.Element {
  return (
    <>
      <PlainHead title="This setup link no longer works" text="It was used, or it is older than 30 minutes." />
      <p>
        Restart Honeyframe to print a new link, or make the first administrator in a terminal on the server with{' '}
        <code>honeyframe user create</code>.
      </p>
      <a class="btn w-100" href="/login">
        Go to sign-in
      </a>
    </>
  )
}
