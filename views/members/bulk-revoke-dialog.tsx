import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'

/** The question before the ticked invitations end; its button belongs to the form of the bar around it. */
export function BulkRevokeDialog(): JSX.Element {
  return (
    <Dialog id="bulk-revoke" title="Revoke the selected invitations?">
      <p>
        <b data-pick-count>Every selected invitation</b> will be revoked: a link that was sent stops working at once.
        You can invite the addresses again.
      </p>
      <DialogFoot dialogId="bulk-revoke">
        <SubmitButton label="Revoke" busyLabel="Revoking…" look="danger" name="act" value="revoke" />
      </DialogFoot>
    </Dialog>
  )
}
