import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { type UsersState, UsersStateFields } from './list-state.tsx'

/** What a dialog has to know of the account it is about. */
export type UserDialogProps = Readonly<{
  dialogId: string
  id: number
  name: string
  email: string
  state: UsersState
}>

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
