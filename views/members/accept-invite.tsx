import type { Role } from '#core/access/roles.ts'
import { exactTime, relativeTime } from '#lib/format.ts'
import { PlainHead } from '#views/plain-layout.tsx'
import { Alert } from '#views/ui/alert.tsx'
import { attribute } from '#views/ui/attribute.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { Field, type FieldFaults, PasswordField } from '#views/ui/field.tsx'
import { ROLE_WORDS, roleSentence } from './role.tsx'

export type Invitation = Readonly<{
  token: string
  orgName: string
  email: string
  role: Role
  invitedBy: string | undefined
  expiresAt: Date
  now: Date
}>

/** Who looks at the link: that decides what accepting takes. */
export type AcceptCase =
  | Readonly<{ kind: 'new-account'; name?: string | undefined; faults?: FieldFaults | undefined }>
  | Readonly<{ kind: 'signed-in' }>
  | Readonly<{ kind: 'sign-in-first' }>
  | Readonly<{ kind: 'someone-else'; viewerEmail: string }>

export type AcceptInviteProps = Readonly<{ invitation: Invitation; case: AcceptCase; fault?: string | undefined }>

export function AcceptInviteContent(props: AcceptInviteProps): JSX.Element {
  const { invitation } = props
  return (
    <>
      <PlainHead title={`Join ${invitation.orgName}`} text={invitedAs(invitation)} />
      <AcceptInviteForm {...props} />
      <p class="hf-plain-foot" title={exactTime(invitation.expiresAt)} safe>
        {`This invitation expires ${relativeTime(invitation.expiresAt, invitation.now)}.`}
      </p>
    </>
  )
}

function invitedAs(invitation: Invitation): string {
  const { email, invitedBy, role } = invitation
  const label = ROLE_WORDS[role].label.toLowerCase()
  const invited =
    invitedBy === undefined ? `${email} is invited as ${label}.` : `${invitedBy} invites ${email} as ${label}.`
  return `${invited} ${roleSentence(role)}`
}

/** The fragment of POST /accept-invite. */
export function AcceptInviteForm(props: AcceptInviteProps): JSX.Element {
  const { invitation } = props
  return (
    <div id="accept-invite">
      {props.fault !== undefined && <Alert tone="danger" title="Not accepted" text={props.fault} />}
      {props.case.kind === 'new-account' && <NewAccountForm {...props.case} invitation={invitation} />}
      {props.case.kind === 'signed-in' && <SignedInForm {...invitation} />}
      {props.case.kind === 'sign-in-first' && <SignInFirst {...invitation} />}
      {props.case.kind === 'someone-else' && (
        <SomeoneElse invitation={invitation} viewerEmail={props.case.viewerEmail} />
      )}
    </div>
  )
}

type NewAccountProps = Readonly<{ invitation: Invitation; name?: string | undefined; faults?: FieldFaults | undefined }>

function NewAccountForm(props: NewAccountProps): JSX.Element {
  const { faults = {} } = props
  return (
    <form
      method="post"
      action="/accept-invite"
      hx-post="/accept-invite"
      hx-target="#accept-invite"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <input type="hidden" name="token" value={attribute(props.invitation.token)} />
      <Field
        id="accept-email"
        name="email"
        label="E-mail"
        type="email"
        autocomplete="username"
        maxlength={254}
        value={props.invitation.email}
        hint="You sign in with it."
        isReadOnly
      />
      <Field
        id="accept-name"
        name="name"
        label="Your name"
        autocomplete="name"
        maxlength={100}
        value={props.name}
        fault={faults.name}
        hasFocus
      />
      <PasswordField
        id="accept-password"
        name="password"
        label="Choose a password"
        autocomplete="new-password"
        hint="At least 12 characters. A few words you remember do well."
        fault={faults.password}
      />
      <SubmitButton label="Join" busyLabel="Joining…" isWide />
    </form>
  )
}

function SignedInForm(invitation: Invitation): JSX.Element {
  return (
    <form
      method="post"
      action="/accept-invite"
      hx-post="/accept-invite"
      hx-target="#accept-invite"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <input type="hidden" name="token" value={attribute(invitation.token)} />
      <p
        safe
      >{`You are signed in as ${invitation.email}. Your password and your other organizations stay as they are.`}</p>
      <SubmitButton label={`Join ${invitation.orgName}`} busyLabel="Joining…" isWide />
    </form>
  )
}

function SignInFirst(invitation: Invitation): JSX.Element {
  return (
    <>
      <p safe>{`${invitation.email} already has an account here. Sign in with its password to join.`}</p>
      <a
        class="btn btn-primary w-100"
        href={attribute(`/login?next=${encodeURIComponent(acceptPath(invitation.token))}`)}
      >
        Sign in to join
      </a>
    </>
  )
}

function SomeoneElse(props: Readonly<{ invitation: Invitation; viewerEmail: string }>): JSX.Element {
  return (
    <>
      <Alert
        tone="warning"
        title={`You are signed in as ${props.viewerEmail}`}
        text={`This invitation is for ${props.invitation.email}. Sign out, then open it again as that person.`}
      />
      <form method="post" action="/logout">
        <input type="hidden" name="next" value={attribute(acceptPath(props.invitation.token))} />
        <SubmitButton label="Sign out" busyLabel="Signing out…" look="plain" isWide />
      </form>
    </>
  )
}

function acceptPath(token: string): string {
  return `/accept-invite?token=${encodeURIComponent(token)}`
}

/** What an accepted, revoked, expired or unknown link shows; it does not tell which. */
export function InviteGoneContent(): JSX.Element {
  return (
    <>
      <PlainHead
        title="This invitation no longer works"
        text="It was accepted or revoked, or it is older than 7 days. Ask the person who invited you for a new one."
      />
      <a class="btn w-100" href="/login">
        Go to sign-in
      </a>
    </>
  )
}
