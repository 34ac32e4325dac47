import type { Role } from '#core/access/roles.ts'
import { Alert } from '#views/ui/alert.tsx'
import { attribute } from '#views/ui/attribute.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { CopyBox } from '#views/ui/copy-box.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { Field, type FieldFaults } from '#views/ui/field.tsx'
import { type ListState, ListStateFields, membersHref } from './list-state.tsx'
import { RoleChoice } from './role.tsx'

/** The form as it was sent, with what was refused; `{}` for a fresh one. */
export type InviteDraft = Readonly<{
  email?: string | undefined
  role?: Role | undefined
  /** Reasons by field: `email`, `role`. */
  faults?: FieldFaults | undefined
  fault?: string | undefined
}>

export type InviteDialogProps = Readonly<{
  orgName: string
  state: ListState
  canSendMail: boolean
  draft: InviteDraft
  isOpen: boolean
}>

export function InviteDialog(props: InviteDialogProps): JSX.Element {
  const { draft } = props
  return (
    <Dialog id="invite-dialog" title={`Invite someone to ${props.orgName}`} isOpen={props.isOpen}>
      <form
        method="post"
        action="/members/invites"
        hx-post="/members/invites"
        hx-target="#members"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <ListStateFields {...props.state} />
        {draft.fault !== undefined && <Alert tone="danger" title="Not invited" text={draft.fault} />}
        <Field
          id="invite-email"
          name="email"
          label="E-mail"
          type="email"
          autocomplete="off"
          maxlength={254}
          value={draft.email}
          hint={
            props.canSendMail
              ? 'The link in the mail is valid for 7 days.'
              : 'No mail server is set: you get a link, valid for 7 days, to pass on.'
          }
          fault={draft.faults?.email}
          hasFocus
        />
        <RoleChoice id="invite-role" value={draft.role ?? 'viewer'} fault={draft.faults?.role} />
        <p class="hf-aside">
          More than one person?{' '}
          <a href={attribute(membersHref(props.state, { invite: 'many' }))} data-dialog="invite-many-dialog">
            Paste a list of addresses
          </a>
        </p>
        <DialogFoot dialogId="invite-dialog">
          {props.canSendMail ? (
            <SubmitButton label="Send invitation" busyLabel="Sending…" icon="send" />
          ) : (
            <SubmitButton label="Make the link" busyLabel="Making…" />
          )}
        </DialogFoot>
      </form>
    </Dialog>
  )
}

/** An accept link, shown once to the admin who made it. */
export type IssuedLink = Readonly<{ email: string; url: string }>

export function IssuedLinkBox(props: IssuedLink): JSX.Element {
  return (
    <Alert
      tone="info"
      title={`Send this link to ${props.email}`}
      text="It is valid for 7 days and will not be shown again. Whoever has it can accept the invitation."
    >
      <CopyBox id="issued-link" label={`Accept link for ${props.email}`} value={props.url} />
    </Alert>
  )
}
