import { attribute } from '#views/ui/attribute.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { midSentence } from './permission-words.ts'
import type { PersonRowProps } from './person-row.tsx'

export function RemoveDialog(props: PersonRowProps & Readonly<{ id: string }>): JSX.Element {
  const { group } = props
  const name = props.name || props.email
  const action = `/groups/${group.groupId}/members/${props.userId}/remove`
  const loss =
    group.given.length > 0
      ? `, unless a role or another group gives it too: ${group.given.map(midSentence).join('; ')}`
      : ''
  return (
    <Dialog id={props.id} title={`Remove ${name} from ${group.name}?`}>
      <form
        method="post"
        action={action}
        hx-post={action}
        hx-target="#group"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        {group.q !== '' && <input type="hidden" name="q" value={attribute(group.q)} />}
        <p
          safe
        >{`${name} (${props.email}) loses what the group gives${loss}. They stay a member of the organization.`}</p>
        <DialogFoot dialogId={props.id}>
          <SubmitButton label="Remove" busyLabel="Removing…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
