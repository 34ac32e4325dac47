import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'

export function DisableDialog({ id, url }: Readonly<{ id: number; url: string }>): JSX.Element {
  return (
    <Dialog id="webhook-disable" title="Disable the webhook?">
      <form
        method="post"
        action={`/webhooks/${id}/disable`}
        hx-post={`/webhooks/${id}/disable`}
        hx-target="#webhook"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <p safe>{`Nothing is sent to ${url} until you enable it again. What it misses can be replayed for 30 days.`}</p>
        <DialogFoot dialogId="webhook-disable">
          <SubmitButton label="Disable webhook" busyLabel="Disabling…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
