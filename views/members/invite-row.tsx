import type { Role } from '#core/access/roles.ts'
import { relativeTime } from '#lib/format.ts'
import { IconAvatar } from '#views/ui/avatar.tsx'
import { Badge } from '#views/ui/badge.tsx'
import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { Icon } from '#views/ui/icon.tsx'
import { Menu, MenuDialogButton, MenuLink, MenuSubmit } from '#views/ui/menu.tsx'
import { ListStateFields, membersHref } from './list-state.tsx'
import type { RowContext } from './member-row.tsx'
import { PickCell } from './pick.tsx'
import { ROLE_WORDS } from './role.tsx'

export type InviteRowProps = Readonly<{
  inviteId: number
  email: string
  role: Role
  isExpired: boolean
  /** Undefined when the inviting account is gone. */
  invitedBy: string | undefined
  expiresAt: Date
  mail: 'queued' | 'sent' | 'failed' | 'link'
  /** The words of the server that refused the mail; beside `queued` those of the last try, with another to come. */
  mailError: string | undefined
}>

/** `canSendMail` is false without a relay: then a resend makes a link to pass on. */
export type InviteRowContext = RowContext & Readonly<{ canSendMail: boolean }>

export function InviteRow(props: InviteRowProps & InviteRowContext): JSX.Element {
  const hasFailed = props.mail === 'failed' && !props.isExpired
  return (
    <tr>
      {props.hasPicks && (
        <PickCell {...(!props.isExpired && { pending: { inviteId: props.inviteId, email: props.email } })} />
      )}
      <td class="hf-cell-who">
        <div class="hf-who">
          <IconAvatar icon={hasFailed ? 'mail-x' : 'mail'} />
          <div class="hf-who-lines">
            <b safe>{props.email}</b>
            <small safe>{storyOf(props)}</small>
          </div>
        </div>
      </td>
      <td class="hf-cell-fact" safe>
        {ROLE_WORDS[props.role].label}
      </td>
      <td class="hf-cell-badge">
        <InviteBadge {...props} />
      </td>
      <td class="hf-cell-time hf-cell-none">
        <span aria-hidden="true">–</span>
        <span class="visually-hidden">Not yet</span>
      </td>
      {props.canEdit && (
        <td class="hf-cell-menu">
          <InviteMenu {...props} />
        </td>
      )}
    </tr>
  )
}

function InviteBadge(props: InviteRowProps): JSX.Element {
  if (props.isExpired) return <Badge tone="unknown" label="Expired" />
  if (props.mail === 'failed') return <Badge tone="failing" label="Not delivered" />
  return <Badge tone="pending" label="Pending" />
}

function storyOf(props: InviteRowProps & InviteRowContext): string {
  const invited = props.invitedBy ? `Invited by ${props.invitedBy}` : 'Invited'
  if (props.isExpired) return `${invited}, expired ${relativeTime(props.expiresAt, props.now)}`
  if (props.mail === 'failed') return `${invited}, mail failed: ${props.mailError ?? 'no answer from the server'}`
  if (props.mail === 'queued' && props.mailError !== undefined) {
    return `${invited}, mail failed and will be tried again: ${props.mailError}`
  }
  const expires = `expires ${relativeTime(props.expiresAt, props.now)}`
  if (props.mail === 'link') return `${invited} with a link, ${expires}`
  return props.mail === 'queued' ? `${invited}, mail on its way, ${expires}` : `${invited}, ${expires}`
}

function InviteMenu(props: InviteRowProps & InviteRowContext): JSX.Element {
  const id = `invite-${props.inviteId}`
  return (
    <>
      <Menu id={`${id}-menu`} label={`Actions for ${props.email}`} trigger={<Icon name="dots" />}>
        {props.isExpired ? (
          <MenuLink
            href={membersHref(props.state, { invite: '1', email: props.email, role: props.role })}
            label="Invite again"
            icon="user-plus"
          />
        ) : (
          <>
            <ResendForm {...props} />
            <MenuDialogButton dialogId={`${id}-revoke`} label="Revoke invitation" icon="ban" isDanger />
          </>
        )}
      </Menu>
      {!props.isExpired && <RevokeDialog {...props} id={`${id}-revoke`} />}
    </>
  )
}

function ResendForm(props: InviteRowProps & InviteRowContext): JSX.Element {
  return (
    <form
      method="post"
      action={`/members/invites/${props.inviteId}/resend`}
      hx-post={`/members/invites/${props.inviteId}/resend`}
      hx-target="#members"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <ListStateFields {...props.state} />
      {props.canSendMail ? (
        <MenuSubmit label="Resend" icon="send" />
      ) : (
        <MenuSubmit label="Make a new link" icon="refresh" />
      )}
    </form>
  )
}

function RevokeDialog(props: InviteRowProps & InviteRowContext & Readonly<{ id: string }>): JSX.Element {
  return (
    <Dialog id={props.id} title={`Revoke the invitation for ${props.email}?`}>
      <form
        method="post"
        action={`/members/invites/${props.inviteId}/revoke`}
        hx-post={`/members/invites/${props.inviteId}/revoke`}
        hx-target="#members"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <ListStateFields {...props.state} />
        <p safe>{`The link that ${props.email} has stops working at once. You can invite the address again.`}</p>
        <DialogFoot dialogId={props.id}>
          <SubmitButton label="Revoke" busyLabel="Revoking…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
