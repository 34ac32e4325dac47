import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { Field } from '#views/ui/field.tsx'
import { NAME_CHARS_MAX } from './create-dialog.tsx'
import type { GroupRowProps, MatrixContext } from './group-row.tsx'
import { GroupsStateFields } from './list-state.tsx'

type RowDialogProps = GroupRowProps & MatrixContext & Readonly<{ id: string }>

export function RenameDialog(props: RowDialogProps): JSX.Element {
  return (
    <Dialog id={props.id} title={`Rename ${props.name}`}>
      <form
        method="post"
        action={`/groups/${props.groupId}/rename`}
        hx-post={`/groups/${props.groupId}/rename`}
        hx-target="#groups"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <GroupsStateFields {...props.state} />
        <Field
          id={`${props.id}-name`}
          name="name"
          label="Name"
          autocomplete="off"
          maxlength={NAME_CHARS_MAX}
          value={props.name}
        />
        <DialogFoot dialogId={props.id}>
          <SubmitButton label="Rename" busyLabel="Renaming…" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
