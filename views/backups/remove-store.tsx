import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'

export function RemoveStore(props: Readonly<{ bucket: string }>): JSX.Element {
  return (
    <Dialog id="backup-store-remove" title={`Remove the object store ${props.bucket}?`}>
      <form
        method="post"
        action="/backups/store/remove"
        hx-post="/backups/store/remove"
        hx-target="#backup-store"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <p>Its secret is forgotten and no more copies are made. The copies that are there stay.</p>
        <DialogFoot dialogId="backup-store-remove">
          <SubmitButton label="Remove store" busyLabel="Removing…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
