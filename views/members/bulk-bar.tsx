import { OpenDialogButton, SubmitButton } from '#views/ui/button.tsx'
import { BulkRevokeDialog } from './bulk-revoke-dialog.tsx'
import { type ListState, ListStateFields } from './list-state.tsx'

export type BulkBarProps = Readonly<{
  state: ListState
  /** Open invitations of this filter and search, on all of its pages. */
  pendingFound: number
  /** How many go at once. */
  bulkMax: number
  canSendMail: boolean
}>

/**
 * What can be done with the ticked rows, which belong to this form by its id. Without scripts it always shows; with them
 * from the first tick on, and says how many there are.
 */
export function BulkBar(props: BulkBarProps): JSX.Element {
  return (
    <>
      {/* Without scripts, Enter on a tick box presses a form's first button: one that names no action, and is refused. */}
      <button type="submit" form="bulk" class="d-none"></button>
      <form
        id="bulk"
        class="hf-bulk"
        method="post"
        action="/members/invites/bulk"
        hx-post="/members/invites/bulk"
        hx-target="#members"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <ListStateFields {...props.state} />
        <b
          class="hf-needs-script"
          role="status"
          data-pick-words
          data-total={props.pendingFound}
          data-most={props.bulkMax}
        ></b>
        <label class="hf-bulk-every">
          <input class="form-check-input" type="checkbox" name="all" value="1" autocomplete="off" data-pick-every />
          <span safe>{everyWords(props)}</span>
        </label>
        {props.canSendMail && (
          <SubmitButton label="Resend" busyLabel="Sending…" look="plain" icon="send" name="act" value="resend" />
        )}
        <OpenDialogButton label="Revoke" look="danger" icon="x" dialogId="bulk-revoke" />
        <button type="button" class="btn hf-btn-ghost hf-bulk-clear hf-needs-script" data-pick-none>
          Clear
        </button>
        <BulkRevokeDialog />
      </form>
    </>
  )
}

function everyWords({ state, pendingFound, bulkMax }: BulkBarProps): string {
  const found = state.q === '' ? 'pending' : 'pending found'
  return pendingFound > bulkMax ? `The newest ${bulkMax} of ${pendingFound} ${found}` : `All ${pendingFound} ${found}`
}
