import type { Permission } from '#core/access/permissions.ts'
import { plural } from '#lib/format.ts'
import { attribute } from '#views/ui/attribute.ts'
import { Icon } from '#views/ui/icon.tsx'
import { Menu, MenuDialogButton } from '#views/ui/menu.tsx'
import { DeleteDialog, RenameDialog } from './group-dialogs.tsx'
import { type GroupsState, GroupsStateFields } from './list-state.tsx'
import { type KnownPermission, midSentence } from './permission-words.ts'

/** A grant for one group only. */
export type LimitedGrant = Readonly<{ permission: Permission; target: string; words: string; targetName: string }>

export type GroupRowProps = Readonly<{
  groupId: number
  name: string
  memberCount: number
  /** What it gives for all of the org. */
  permissions: ReadonlySet<Permission>
  limited: readonly LimitedGrant[]
  /** Whether the viewer may give it another name: he may change groups, or this one. */
  canRename: boolean
}>

export type MatrixContext = Readonly<{
  catalogue: readonly KnownPermission[]
  state: GroupsState
  /** Whether the viewer may change what groups give. */
  canEdit: boolean
  /** What he holds himself, and so may give and take. */
  held: ReadonlySet<Permission>
}>

/** The fragment of a toggle: one group of the matrix. */
export function GroupRow(props: GroupRowProps & MatrixContext): JSX.Element {
  const id = `group-${props.groupId}`
  return (
    <tr id={id}>
      <th scope="row" class="hf-matrix-group">
        <a href={`/groups/${props.groupId}`} safe>
          {props.name}
        </a>
        <small safe>{plural(props.memberCount, 'person', 'people')}</small>
        {props.canEdit && (
          <form
            id={`${id}-grants`}
            method="post"
            action={`/groups/${props.groupId}/permissions`}
            hx-post={`/groups/${props.groupId}/permissions`}
            hx-target={`#${id}`}
            hx-swap="outerMorph"
            hx-sync="queue all"
          >
            <GroupsStateFields {...props.state} />
          </form>
        )}
        {props.limited.length > 0 && <LimitedGrants {...props} id={id} />}
      </th>
      {props.catalogue.map((known) => (
        <td class="hf-matrix-cell">
          <Cell {...props} known={known} formId={`${id}-grants`} />
        </td>
      ))}
      {props.canRename && (
        <td class="hf-matrix-menu">
          <GroupMenu {...props} id={id} />
        </td>
      )}
    </tr>
  )
}

type CellProps = GroupRowProps & MatrixContext & Readonly<{ known: KnownPermission; formId: string }>

function Cell(props: CellProps): JSX.Element {
  const { permission, words } = props.known
  const isGiven = props.permissions.has(permission)
  if (!props.canEdit) {
    return (
      <span class={['hf-grant', isGiven && 'hf-grant-given']} title={words}>
        <GrantMark isGiven={isGiven} />
        <span class="hf-matrix-words" safe>
          {isGiven ? words : `Not: ${midSentence(words)}`}
        </span>
      </span>
    )
  }
  const mayGive = props.held.has(permission)
  return (
    <button
      type="submit"
      id={`${props.formId}-${permission.replace('.', '-')}`}
      class={['hf-grant', isGiven && 'hf-grant-given']}
      form={props.formId}
      name={isGiven ? 'take' : 'give'}
      value={permission}
      aria-pressed={isGiven ? 'true' : 'false'}
      title={mayGive ? words : `${words}: you do not hold this yourself`}
      disabled={!mayGive}
    >
      <GrantMark isGiven={isGiven} />
      <span class="hf-matrix-words" safe>
        {words}
      </span>
    </button>
  )
}

function GrantMark(props: Readonly<{ isGiven: boolean }>): JSX.Element {
  return <span class="hf-grant-mark">{props.isGiven && <Icon name="check" />}</span>
}

function LimitedGrants(props: GroupRowProps & MatrixContext & Readonly<{ id: string }>): JSX.Element {
  return (
    <ul class="hf-limited" aria-label="For one group only">
      {props.limited.map(({ permission, target, words, targetName }) => (
        <li>
          <span safe>{`${words}: only ${targetName}`}</span>
          {props.canEdit && props.held.has(permission) && (
            <button
              type="submit"
              class="hf-icon-button"
              form={`${props.id}-grants`}
              name="take"
              value={attribute(`${permission}@${target}`)}
              aria-label={attribute(`Revoke: ${midSentence(words)}, only ${targetName}`)}
            >
              <Icon name="x" />
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

function GroupMenu(props: GroupRowProps & MatrixContext & Readonly<{ id: string }>): JSX.Element {
  return (
    <>
      <Menu id={`${props.id}-menu`} label={`Actions for ${props.name}`} trigger={<Icon name="dots" />}>
        <MenuDialogButton dialogId={`${props.id}-rename`} label="Rename" icon="pencil" />
        {props.canEdit && <MenuDialogButton dialogId={`${props.id}-delete`} label="Delete" icon="trash" isDanger />}
      </Menu>
      <RenameDialog {...props} id={`${props.id}-rename`} />
      {props.canEdit && <DeleteDialog {...props} id={`${props.id}-delete`} />}
    </>
  )
}
