import type { Permission } from '#core/access/permissions.ts'
import { plural } from '#lib/format.ts'
import { GrantCell } from './grant-cell.tsx'
import { GroupMenu } from './group-menu.tsx'
import { LimitedGrants } from './limited-grants.tsx'
import { type GroupsState, GroupsStateFields } from './list-state.tsx'
import type { KnownPermission } from './permission-words.ts'

/** A grant for one group only. */
export type LimitedGrant = Readonly<{ permission: Permission; target: string; words: string }>

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
  /** Whether he may change any group at all, if only its name. */
  hasMenus: boolean
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
          <GrantCell {...props} known={known} formId={`${id}-grants`} />
        </td>
      ))}
      {props.hasMenus && <td class="hf-matrix-menu">{props.canRename && <GroupMenu {...props} id={id} />}</td>}
    </tr>
  )
}
