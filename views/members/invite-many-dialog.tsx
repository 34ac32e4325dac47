import type { Role } from '#core/access/roles.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { type FieldFaults, TextAreaField } from '#views/ui/field.tsx'
import { type ListState, ListStateFields } from './list-state.tsx'
import { RoleChoice } from './role.tsx'

/** The form as it was sent, with what was refused; `{}` for a fresh one. */
export type ManyDraft = Readonly<{
  addresses?: string | undefined
  role?: Role | undefined
  /** Reasons by field: `addresses`, `role`. */
  faults?: FieldFaults | undefined
}>

export type InviteManyDialogProps = Readonly<{
  orgName: string
  state: ListState
  canSendMail: boolean
  bulkMax: number
  draft: ManyDraft
  isOpen: boolean
}>

export function InviteManyDialog(props: InviteManyDialogProps): JSX.Element {
  const { draft, bulkMax } = props
  return (
    <Dialog id="invite-many-dialog" title={`Invite several people to ${props.orgName}`} isOpen={props.isOpen}>
      <form
        method="post"
        action="/members/invites/many"
        hx-post="/members/invites/many"
        hx-target="#members"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <ListStateFields {...props.state} />
        <TextAreaField
          id="invite-many"
          name="addresses"
          label="Addresses"
          rows="6"
          value={draft.addresses}
          hint={`One a line, or with commas between; “Grace Hopper <grace@example.com>” works, too. At most ${bulkMax}.`}
          fault={draft.faults?.addresses}
          hasFocus
        />
        <RoleChoice id="invite-many-role" value={draft.role ?? 'viewer'} fault={draft.faults?.role} />
        <DialogFoot dialogId="invite-many-dialog">
          {props.canSendMail ? (
            <SubmitButton label="Send invitations" busyLabel="Sending…" icon="send" />
          ) : (
            <SubmitButton label="Make the links" busyLabel="Making…" />
          )}
        </DialogFoot>
      </form>
    </Dialog>
  )
}
