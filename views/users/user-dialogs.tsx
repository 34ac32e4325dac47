import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { Field } from '#views/ui/field.tsx'
import { type UsersState, UsersStateFields } from './list-state.tsx'

/** The form for a new name as it was sent, with the reason for the refusal. */
export type RenameDraft = Readonly<{ id: number; name: string; fault?: string | undefined }>

type UserDialogProps = Readonly<{
  dialogId: string
  id: number
  name: string
  email: string
  state: UsersState
}>

export function RenameDialog(props: UserDialogProps & Readonly<{ draft: RenameDraft | undefined }>): JSX.Element {
  const { draft } = props
  return (
    <Dialog id={props.dialogId} title={`Rename ${props.name || props.email}`} isOpen={draft !== undefined}>
      <form
        method="post"
        action={`/users/${props.id}/rename`}
        hx-post={`/users/${props.id}/rename`}
        hx-target="#users"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <UsersStateFields {...props.state} />
        <Field
          id={`${props.dialogId}-name`}
          name="name"
          label="Name"
          autocomplete="off"
          maxlength={200}
          value={draft?.name ?? props.name}
          hint={`How others see ${props.email}.`}
          fault={draft?.fault}
        />
        <DialogFoot dialogId={props.dialogId}>
          <SubmitButton label="Rename" busyLabel="Renaming…" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}

export function ResetDialog(props: UserDialogProps & Readonly<{ canSendMail: boolean }>): JSX.Element {
  const name = props.name || props.email
  return (
    <Dialog id={props.dialogId} title={`Reset the password of ${name}?`}>
      <form
        method="post"
        action={`/users/${props.id}/reset-password`}
        hx-post={`/users/${props.id}/reset-password`}
        hx-target="#users"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <UsersStateFields {...props.state} />
        <p safe>
          {props.canSendMail
            ? `A temporary password goes to ${props.email} by mail. It works for 24 hours, and ${name} chooses a new one at the sign-in.`
            : `This install sends no mail: you get a temporary password to pass on to ${props.email}. It works for 24 hours, and ${name} chooses a new one at the sign-in.`}
        </p>
        <p>The old password and every open session stop working at once. Access tokens stay.</p>
        <DialogFoot dialogId={props.dialogId}>
          <SubmitButton label="Reset password" busyLabel="Resetting…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}

export function DeactivateDialog(props: UserDialogProps): JSX.Element {
  const name = props.name || props.email
  return (
    <Dialog id={props.dialogId} title={`Deactivate ${name}?`}>
      <form
        method="post"
        action={`/users/${props.id}/deactivate`}
        hx-post={`/users/${props.id}/deactivate`}
        hx-target="#users"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <UsersStateFields {...props.state} />
        <p safe>
          {`${name} (${props.email}) can no longer sign in. Open sessions end at once, and access tokens are revoked for good.`}
        </p>
        <p>What the account made stays, and you can activate it again.</p>
        <DialogFoot dialogId={props.dialogId}>
          <SubmitButton label="Deactivate" busyLabel="Deactivating…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
