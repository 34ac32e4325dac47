import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'

export function DeleteDialog({ id, url }: Readonly<{ id: number; url: string }>): JSX.Element {
  return (
    <Dialog id="webhook-delete" title="Delete the webhook?">
      <form
        method="post"
        action={`/webhooks/${id}/delete`}
        hx-post={`/webhooks/${id}/delete`}
        hx-disable="find [type=submit]"
      >
        <p
          safe
        >{`Nothing is sent to ${url} any more, and the list of its deliveries goes, too. This cannot be undone.`}</p>
        <DialogFoot dialogId="webhook-delete">
          <SubmitButton label="Delete webhook" busyLabel="Deleting…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
