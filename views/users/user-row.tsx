import type { Role } from '#core/access/roles.ts'
import { plural } from '#lib/format.ts'
import { ROLE_WORDS } from '#views/members/role.tsx'
import { Avatar } from '#views/ui/avatar.tsx'
import { Time } from '#views/ui/time.tsx'
import type { UsersState } from './list-state.tsx'
import type { RenameDraft } from './rename-dialog.tsx'
import { UserMenu } from './user-menu.tsx'
import { PasswordStory, type Standing, StandingBadge } from './user-standing.tsx'

const ORGS_SHOWN_MAX = 2

export type UserRowProps = Standing &
  Readonly<{
    id: number
    name: string
    email: string
    isSuperadmin: boolean
    lastSignInAt: Date | undefined
    /** Those that the viewer may see, oldest membership first. */
    orgs: readonly Readonly<{ name: string; role: Role }>[]
    /** Whether a temporary password can be mailed; else it is shown. */
    canSendMail: boolean
    /** The viewer's own row. */
    isSelf: boolean
    /** Why the viewer may not manage the account; undefined when he may. */
    obstacle: string | undefined
  }>

export type UserRowContext = Readonly<{
  state: UsersState
  now: Date
  canEdit: boolean
  /** The form for a new name as last sent, of whichever row it was. */
  renameDraft?: RenameDraft | undefined
}>

export function UserRow(props: UserRowProps & UserRowContext): JSX.Element {
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
            <small safe>{props.name === '' ? 'No name yet' : props.email}</small>
            <PasswordStory {...props} />
          </div>
        </div>
      </td>
      <td class={['hf-cell-fact', props.state.isEverywhere && 'hf-cell-orgs']} safe>
        {props.state.isEverywhere ? orgsOf(props) : roleOf(props)}
      </td>
      <td class="hf-cell-badge">
        <StandingBadge {...props} />
      </td>
      <td class="hf-cell-time" data-label="Last sign-in">
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

function roleOf({ orgs }: UserRowProps): string {
  const [here] = orgs
  return here ? ROLE_WORDS[here.role].label : ''
}

function orgsOf({ orgs }: UserRowProps): string {
  if (orgs.length === 0) return 'None'
  const names = orgs.slice(0, ORGS_SHOWN_MAX).map(({ name }) => name)
  const more = orgs.length - names.length
  return more > 0 ? `${names.join(', ')} and ${plural(more, 'more', 'more')}` : names.join(', ')
}
