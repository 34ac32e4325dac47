import { PlainHead } from '#views/plain-layout.tsx'
import { Alert } from '#views/ui/alert.tsx'
import { SubmitButton } from '#views/ui/button.tsx'
import { Field } from '#views/ui/field.tsx'

export type ForgotPasswordProps = Readonly<{
  email?: string | undefined
  fault?: string | undefined
  /** Set once the form was sent; the words are the same whether the account exists or not. */
  isSent?: boolean | undefined
  /** Without a relay no mail can leave, and the page says who can help. */
  canSendMail: boolean
}>

export function ForgotPasswordContent(props: ForgotPasswordProps): JSX.Element {
  return (
    <>
      <PlainHead
        title="Reset your password"
        text="We send a link to your e-mail address. It works once, for one hour."
      />
      <ForgotPasswordForm {...props} />
    </>
  )
}

/** The fragment of POST /forgot-password. */
export function ForgotPasswordForm(props: ForgotPasswordProps): JSX.Element {
  return (
    <form
      id="forgot-password-form"
      method="post"
      action="/forgot-password"
      hx-post="/forgot-password"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      {props.isSent && (
        <Alert
          tone="success"
          title="Look in your inbox"
          text="If the address has an account, a link is on its way. Nothing there after a few minutes? Check the spam folder."
        />
      )}
      {!props.canSendMail && (
        <Alert
          tone="warning"
          title="This install sends no mail"
          text="Ask an administrator of your organization for a new password."
        />
      )}
      <Field
        id="forgot-email"
        name="email"
        label="E-mail"
        type="email"
        autocomplete="username"
        maxlength={254}
        value={props.email}
        fault={props.fault}
        hasFocus={!props.isSent}
      />
      <SubmitButton label="Send reset link" busyLabel="Sending…" icon="send" isWide />
      <p class="hf-plain-foot">
        <a href="/login">Back to sign-in</a>
      </p>
    </form>
  )
}
