import { ROLE_WORDS } from '#views/members/role.tsx'
import { Avatar } from '#views/ui/avatar.tsx'
import { OpenDialogButton } from '#views/ui/button.tsx'
import { Time } from '#views/ui/time.tsx'
import type { GroupMemberProps, GroupProps } from './group-page.tsx'
import { RemoveDialog } from './remove-dialog.tsx'

export type PersonRowProps = GroupMemberProps & Readonly<{ groupId: number; group: GroupProps; mayChange: boolean }>

export function PersonRow(props: PersonRowProps): JSX.Element {
  const id = `person-${props.userId}-remove`
  return (
    <tr>
      <td class="hf-cell-who">
        <div class="hf-who">
          <Avatar name={props.name || props.email} />
          <div class="hf-who-lines">
            <b safe>{props.name || props.email}</b>
            <small safe>{props.isActive ? props.email : `${props.email}, deactivated`}</small>
          </div>
        </div>
      </td>
      <td class="hf-cell-fact" safe>
        {ROLE_WORDS[props.role].label}
      </td>
      <td class="hf-cell-time" data-label="Added">
        <Time at={props.addedAt} now={props.group.now} />
      </td>
      {props.mayChange && (
        <td class="hf-cell-menu">
          <OpenDialogButton label="Remove" dialogId={id} look="ghost" />
          <RemoveDialog {...props} id={id} />
        </td>
      )}
    </tr>
  )
}
