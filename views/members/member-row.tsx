import type { Role } from '#core/access/roles.ts'
import { Avatar } from '#views/ui/avatar.tsx'
import { Badge } from '#views/ui/badge.tsx'
import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { SelectField } from '#views/ui/field.tsx'
import { Icon } from '#views/ui/icon.tsx'
import { Menu, MenuDialogButton } from '#views/ui/menu.tsx'
import { Time } from '#views/ui/time.tsx'
import { type ListState, ListStateFields } from './list-state.tsx'
import { PickCell } from './pick.tsx'
import { ROLE_WORDS } from './role.tsx'

export type MemberRowProps = Readonly<{
  userId: number
  name: string
  email: string
  role: Role
  isActive: boolean
  lastActiveAt: Date | undefined
  /** The viewer's own row. */
  isSelf: boolean
  /** The only admin: can neither leave nor take another role. */
  isLastAdmin: boolean
}>

export type RowContext = Readonly<{
  orgName: string
  state: ListState
  now: Date
  canEdit: boolean
  /** Whether the list has a column of tick boxes. */
  hasPicks?: boolean | undefined
}>

export function MemberRow(props: MemberRowProps & RowContext): JSX.Element {
  const secondLine = props.name === '' ? 'No name yet' : props.email
  return (
    <tr>
      {props.hasPicks && <PickCell />}
      <td class="hf-cell-who">
        <div class="hf-who">
          <Avatar name={props.name || props.email} />
          <div class="hf-who-lines">
            <b>
              <span safe>{props.name || props.email}</span>
              {props.isSelf && <span class="hf-tag">You</span>}
            </b>
            <small safe>{secondLine}</small>
          </div>
        </div>
      </td>
      <td class="hf-cell-fact" safe>
        {ROLE_WORDS[props.role].label}
      </td>
      <td class="hf-cell-badge">
        {props.isActive ? <Badge tone="normal" label="Active" /> : <Badge tone="unknown" label="Deactivated" />}
      </td>
      <td class="hf-cell-time">
        {props.lastActiveAt ? <Time at={props.lastActiveAt} now={props.now} /> : <span>never</span>}
      </td>
      {props.canEdit && (
        <td class="hf-cell-menu">
          <MemberMenu {...props} />
        </td>
      )}
    </tr>
  )
}

function MemberMenu(props: MemberRowProps & RowContext): JSX.Element {
  const id = `member-${props.userId}`
  return (
    <>
      <Menu id={`${id}-menu`} label={`Actions for ${props.name || props.email}`} trigger={<Icon name="dots" />}>
        {props.isLastAdmin ? (
          <p class="hf-menu-note" safe>
            {`${props.orgName} needs an admin. Give someone else that role before you change this one.`}
          </p>
        ) : (
          <>
            <MenuDialogButton dialogId={`${id}-role`} label="Change role" icon="shield" />
            <MenuDialogButton
              dialogId={`${id}-remove`}
              label={props.isSelf ? `Leave ${props.orgName}` : `Remove from ${props.orgName}`}
              icon="user-minus"
              isDanger
            />
          </>
        )}
      </Menu>
      {!props.isLastAdmin && <RoleDialog {...props} id={`${id}-role`} />}
      {!props.isLastAdmin && <RemoveDialog {...props} id={`${id}-remove`} />}
    </>
  )
}

type DialogContext = MemberRowProps & RowContext & Readonly<{ id: string }>

function RoleDialog(props: DialogContext): JSX.Element {
  return (
    <Dialog id={props.id} title={`Change the role of ${props.name || props.email}`}>
      <form
        method="post"
        action={`/members/${props.userId}/role`}
        hx-post={`/members/${props.userId}/role`}
        hx-target="#members"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <ListStateFields {...props.state} />
        <SelectField
          id={`${props.id}-select`}
          name="role"
          label={`Role in ${props.orgName}`}
          value={props.role}
          choices={Object.entries(ROLE_WORDS).map(([value, words]) => ({ value, label: words.label }))}
          hint="Counts from the next click; nobody has to sign in again."
        />
        <DialogFoot dialogId={props.id}>
          <SubmitButton label="Change role" busyLabel="Changing…" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}

function RemoveDialog(props: DialogContext): JSX.Element {
  const name = props.name || props.email
  return (
    <Dialog id={props.id} title={props.isSelf ? `Leave ${props.orgName}?` : `Remove ${name} from ${props.orgName}?`}>
      <form
        method="post"
        action={`/members/${props.userId}/remove`}
        hx-post={`/members/${props.userId}/remove`}
        hx-target="#members"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <ListStateFields {...props.state} />
        <p safe>
          {props.isSelf
            ? `You lose access to ${props.orgName} at once, and an admin has to invite you to come back. Your account stays.`
            : `${name} (${props.email}) loses access to ${props.orgName} at once, tokens included. The account itself stays.`}
        </p>
        <DialogFoot dialogId={props.id}>
          <SubmitButton
            label={props.isSelf ? 'Leave' : 'Remove'}
            busyLabel={props.isSelf ? 'Leaving…' : 'Removing…'}
            look="danger"
          />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
