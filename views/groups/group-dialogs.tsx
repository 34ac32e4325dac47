import { plural } from '#lib/format.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { Field, type FieldFaults } from '#views/ui/field.tsx'
import type { GroupRowProps, MatrixContext } from './group-row.tsx'
import { type GroupsState, GroupsStateFields } from './list-state.tsx'
import { midSentence } from './permission-words.ts'

const NAME_CHARS_MAX = 100

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

export function DeleteDialog(props: RowDialogProps): JSX.Element {
  return (
    <Dialog id={props.id} title={`Delete the group ${props.name}?`}>
      <form
        method="post"
        action={`/groups/${props.groupId}/delete`}
        hx-post={`/groups/${props.groupId}/delete`}
        hx-target="#groups"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <GroupsStateFields {...props.state} />
        <p safe>{lossOf(props)}</p>
        <DialogFoot dialogId={props.id}>
          <SubmitButton label="Delete group" busyLabel="Deleting…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}

/** Who loses what. */
function lossOf({ memberCount, permissions, limited, catalogue }: RowDialogProps): string {
  const general = catalogue
    .filter(({ permission }) => permissions.has(permission))
    .map(({ words }) => midSentence(words))
  const given = [...general, ...limited.map(({ words, targetName }) => `${midSentence(words)} (only ${targetName})`)]
  if (memberCount === 0) return 'Nobody is in it, so nobody loses anything. This cannot be undone.'
  const people = plural(memberCount, 'person', 'people')
  if (given.length === 0) {
    return `${people} ${memberCount === 1 ? 'is' : 'are'} in it. It gives no permissions, so nobody loses any. This cannot be undone.`
  }
  const lose = memberCount === 1 ? 'loses' : 'lose'
  return `${people} ${lose} what it gives, unless a role or another group gives it too: ${given.join('; ')}. This cannot be undone.`
}
