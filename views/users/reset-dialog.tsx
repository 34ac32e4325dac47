import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import type { UserDialogProps } from './deactivate-dialog.tsx'
import { UsersStateFields } from './list-state.tsx'

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
            : `No mail server is set: you get a temporary password to pass on to ${props.email}. It works for 24 hours, and ${name} chooses a new one at the sign-in.`}
        </p>
        <p>The old password and every open session stop working at once. Access tokens stay.</p>
        <DialogFoot dialogId={props.dialogId}>
          <SubmitButton label="Reset password" busyLabel="Resetting…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
