import { exactTime, relativeTime } from '#lib/format.ts'
import { IconAvatar } from '#views/ui/avatar.tsx'
import { Badge } from '#views/ui/badge.tsx'
import { OpenDialogButton, SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { Time } from '#views/ui/time.tsx'

export type TokenRowProps = Readonly<{
  id: number
  name: string
  /** The last characters of the token, by which its owner knows it again. */
  tail: string
  createdAt: Date
  expiresAt: Date | undefined
  lastUsedAt: Date | undefined
}>

export function TokenRow(props: TokenRowProps & Readonly<{ now: Date }>): JSX.Element {
  const isExpired = props.expiresAt !== undefined && props.expiresAt <= props.now
  return (
    <tr>
      <td class="hf-cell-who">
        <div class="hf-who">
          <IconAvatar icon="key" />
          <div class="hf-who-lines">
            <b safe>{props.name}</b>
            <small title={exactTime(props.createdAt)} safe>
              {`hf_…${props.tail}, made ${relativeTime(props.createdAt, props.now)}`}
            </small>
          </div>
        </div>
      </td>
      <td class="hf-cell-time" data-label="Last used">
        {props.lastUsedAt ? <Time at={props.lastUsedAt} now={props.now} /> : <span>never</span>}
      </td>
      <td class="hf-cell-fact" data-label={isExpired ? 'Expired' : 'Expires'}>
        {props.expiresAt ? <Time at={props.expiresAt} now={props.now} /> : <span>never</span>}
      </td>
      <td class="hf-cell-badge">
        {isExpired ? <Badge tone="unknown" label="Expired" /> : <Badge tone="normal" label="Active" />}
      </td>
      <td class="hf-cell-menu">
        <OpenDialogButton label="Revoke" dialogId={`token-${props.id}-revoke`} look="ghost" />
        <RevokeDialog {...props} />
      </td>
    </tr>
  )
}

function RevokeDialog(props: TokenRowProps): JSX.Element {
  const id = `token-${props.id}-revoke`
  return (
    <Dialog id={id} title={`Revoke the token “${props.name}”?`}>
      <form
        method="post"
        action={`/tokens/${props.id}/revoke`}
        hx-post={`/tokens/${props.id}/revoke`}
        hx-target="#tokens"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <p safe>{`Whatever uses hf_…${props.tail} is refused from now on. This cannot be undone.`}</p>
        <DialogFoot dialogId={id}>
          <SubmitButton label="Revoke" busyLabel="Revoking…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
