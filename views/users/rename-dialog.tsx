import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { Field } from '#views/ui/field.tsx'
import type { UserDialogProps } from './deactivate-dialog.tsx'
import { UsersStateFields } from './list-state.tsx'

/** The form for a new name as it was sent, with the reason for the refusal. */
export type RenameDraft = Readonly<{ id: number; name: string; fault?: string | undefined }>

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
