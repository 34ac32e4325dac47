import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { Field, type FieldFaults } from '#views/ui/field.tsx'
import { type GroupsState, GroupsStateFields } from './list-state.tsx'

/** Of a group's name. */
export const NAME_CHARS_MAX = 100

/** The name as last sent; nothing for a form not sent yet. */
export type NameDraft = Readonly<{
  name?: string | undefined
  faults?: FieldFaults | undefined
  fault?: string | undefined
}>

type CreateDialogProps = Readonly<{ state: GroupsState; draft: NameDraft; isOpen: boolean }>

export function CreateDialog(props: CreateDialogProps): JSX.Element {
  const { faults = {} } = props.draft
  return (
    <Dialog id="group-create" title="New group" isOpen={props.isOpen}>
      <form
        method="post"
        action="/groups"
        hx-post="/groups"
        hx-target="#groups"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <GroupsStateFields q={props.state.q} />
        <Field
          id="group-create-name"
          name="name"
          label="Name"
          autocomplete="off"
          maxlength={NAME_CHARS_MAX}
          value={props.draft.name}
          hint="Such as a team. You choose what it may do, and who is in it, afterwards."
          fault={faults.name ?? props.draft.fault}
          hasFocus={props.isOpen}
        />
        <DialogFoot dialogId="group-create">
          <SubmitButton label="Make group" busyLabel="Making…" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
