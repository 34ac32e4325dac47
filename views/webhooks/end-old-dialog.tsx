import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'

export function EndOldDialog({ id, url }: Readonly<{ id: number; url: string }>): JSX.Element {
  return (
    <Dialog id="webhook-end-old" title="End the old secret?">
      <form
        method="post"
        action={`/webhooks/${id}/end-old-secret`}
        hx-post={`/webhooks/${id}/end-old-secret`}
        hx-target="#webhook"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <p safe>{`Deliveries to ${url} are signed with the new secret only. This cannot be undone.`}</p>
        <DialogFoot dialogId="webhook-end-old">
          <SubmitButton label="End old secret" busyLabel="Ending…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
