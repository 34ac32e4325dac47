import { plural } from '#lib/format.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import type { GroupRowProps, MatrixContext } from './group-row.tsx'
import { GroupsStateFields } from './list-state.tsx'
import { midSentence } from './permission-words.ts'

type RowDialogProps = GroupRowProps & MatrixContext & Readonly<{ id: string }>

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
  const given = [...general, ...limited.map(({ words }) => midSentence(words))]
  if (memberCount === 0) return 'Nobody is in it, so nobody loses anything. This cannot be undone.'
  const people = plural(memberCount, 'person', 'people')
  if (given.length === 0) {
    return `${people} ${memberCount === 1 ? 'is' : 'are'} in it. It gives no permissions, so nobody loses any. This cannot be undone.`
  }
  const lose = memberCount === 1 ? 'loses' : 'lose'
  return `${people} ${lose} what it gives, unless a role or another group gives it too: ${given.join('; ')}. This cannot be undone.`
}
