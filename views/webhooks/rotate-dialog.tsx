import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { Checkbox } from '#views/ui/field.tsx'

export function RotateDialog({ id, url }: Readonly<{ id: number; url: string }>): JSX.Element {
  return (
    <Dialog id="webhook-rotate" title="Replace the signing secret?">
      <form
        method="post"
        action={`/webhooks/${id}/rotate-secret`}
        hx-post={`/webhooks/${id}/rotate-secret`}
        hx-target="#webhook"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <p safe>{`Deliveries to ${url} are signed with a new secret, and for 24 hours with the old one, too.`}</p>
        <Checkbox
          id="webhook-end-now"
          name="end_old_now"
          label="End the old secret now"
          hint="When somebody else may know it. The receiver refuses deliveries until it has the new one."
        />
        <DialogFoot dialogId="webhook-rotate">
          <SubmitButton label="Replace secret" busyLabel="Replacing…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
