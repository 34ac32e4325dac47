import type { Role } from '#core/access/roles.ts'
import { exactTime, plural, relativeTime } from '#lib/format.ts'
import { ROLE_WORDS } from '#views/members/role.tsx'
import { Avatar } from '#views/ui/avatar.tsx'
import { Badge } from '#views/ui/badge.tsx'
import { Icon } from '#views/ui/icon.tsx'
import { Menu, MenuDialogButton, MenuSubmit } from '#views/ui/menu.tsx'
import { Time } from '#views/ui/time.tsx'
import { type UsersFilter, type UsersState, UsersStateFields } from './list-state.tsx'
import { DeactivateDialog, RenameDialog, type RenameDraft, ResetDialog } from './user-dialogs.tsx'

const ORGS_SHOWN_MAX = 2

export type UserRowProps = Readonly<{
  id: number
  name: string
  email: string
  /** Of the account. */
  standing: Exclude<UsersFilter, 'all'>
  isSuperadmin: boolean
  /** Of a temporary password; undefined for one that its owner chose. */
  passwordExpiresAt: Date | undefined
  lastSignInAt: Date | undefined
  /** Those that the viewer may see, oldest membership first. */
  orgs: readonly Readonly<{ name: string; role: Role }>[]
  /** The viewer's own row. */
  isSelf: boolean
  /** Why the viewer may not manage the account; undefined when he may. */
  obstacle: string | undefined
}>

export type UserRowContext = Readonly<{
  state: UsersState
  now: Date
  canEdit: boolean
  canSendMail: boolean
  /** The form for a new name as last sent, of whichever row it was. */
  renameDraft?: RenameDraft | undefined
}>

export function UserRow(props: UserRowProps & UserRowContext): JSX.Element {
  const story = storyOf(props)
  return (
    <tr>
      <td class="hf-cell-who">
        <div class="hf-who">
          <Avatar name={props.name || props.email} />
          <div class="hf-who-lines">
            <b>
              <span safe>{props.name || props.email}</span>
              {props.isSelf && <span class="hf-tag">You</span>}
              {props.isSuperadmin && <span class="hf-tag">Operator</span>}
            </b>
            <small safe>{props.email}</small>
            {story !== undefined && (
              <small title={props.passwordExpiresAt && exactTime(props.passwordExpiresAt)} safe>
                {story}
              </small>
            )}
          </div>
        </div>
      </td>
      <td class="hf-cell-fact" safe>
        {props.state.isEverywhere ? orgsOf(props) : roleOf(props)}
      </td>
      <td class="hf-cell-badge">
        <StateBadge {...props} />
      </td>
      <td class="hf-cell-time">
        {props.lastSignInAt ? <Time at={props.lastSignInAt} now={props.now} /> : <span>never</span>}
      </td>
      {props.canEdit && (
        <td class="hf-cell-menu">
          <UserMenu {...props} />
        </td>
      )}
    </tr>
  )
}

function StateBadge(props: UserRowProps & UserRowContext): JSX.Element {
  if (props.standing === 'deactivated') return <Badge tone="unknown" label="Deactivated" />
  if (props.standing === 'active') return <Badge tone="normal" label="Active" />
  return isOver(props) ? <Badge tone="failing" label="Password expired" /> : <Badge tone="pending" label="Reset due" />
}

/** What is going on with a temporary password, in words. */
function storyOf(props: UserRowProps & UserRowContext): string | undefined {
  const { standing, passwordExpiresAt, now } = props
  if (standing !== 'reset_due' || passwordExpiresAt === undefined) return undefined
  if (isOver(props)) return `Temporary password expired ${relativeTime(passwordExpiresAt, now)}: reset it again`
  return `Temporary password expires ${relativeTime(passwordExpiresAt, now)}`
}

function isOver({ passwordExpiresAt, now }: UserRowProps & UserRowContext): boolean {
  return passwordExpiresAt !== undefined && passwordExpiresAt <= now
}

function roleOf({ orgs }: UserRowProps): string {
  const [here] = orgs
  return here ? ROLE_WORDS[here.role].label : ''
}

function orgsOf({ orgs }: UserRowProps): string {
  if (orgs.length === 0) return 'no organization'
  const names = orgs.slice(0, ORGS_SHOWN_MAX).map(({ name }) => name)
  const more = orgs.length - names.length
  return more > 0 ? `${names.join(', ')} and ${plural(more, 'more', 'more')}` : names.join(', ')
}

function UserMenu(props: UserRowProps & UserRowContext): JSX.Element {
  const id = `user-${props.id}`
  const { obstacle, standing } = props
  return (
    <>
      <Menu id={`${id}-menu`} label={`Actions for ${props.name || props.email}`} trigger={<Icon name="dots" />}>
        {obstacle === undefined ? (
          <>
            <MenuDialogButton dialogId={`${id}-rename`} label="Rename" icon="pencil" />
            {standing !== 'deactivated' && (
              <MenuDialogButton dialogId={`${id}-reset`} label="Reset password" icon="key" />
            )}
            {standing === 'deactivated' ? (
              <ActivateForm {...props} />
            ) : (
              <MenuDialogButton dialogId={`${id}-deactivate`} label="Deactivate" icon="user-off" isDanger />
            )}
          </>
        ) : (
          <p class="hf-menu-note" safe>
            {obstacle}
          </p>
        )}
      </Menu>
      {obstacle === undefined && <RenameDialog {...props} dialogId={`${id}-rename`} draft={draftOf(props)} />}
      {obstacle === undefined && standing !== 'deactivated' && (
        <>
          <ResetDialog {...props} dialogId={`${id}-reset`} />
          <DeactivateDialog {...props} dialogId={`${id}-deactivate`} />
        </>
      )}
    </>
  )
}

/** Takes nothing from anybody, so it does not ask. */
function ActivateForm(props: UserRowProps & UserRowContext): JSX.Element {
  return (
    <form
      method="post"
      action={`/users/${props.id}/activate`}
      hx-post={`/users/${props.id}/activate`}
      hx-target="#users"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <UsersStateFields {...props.state} />
      <MenuSubmit label="Activate" icon="user-check" />
    </form>
  )
}

function draftOf({ renameDraft, id }: UserRowProps & UserRowContext): RenameDraft | undefined {
  return renameDraft?.id === id ? renameDraft : undefined
}
