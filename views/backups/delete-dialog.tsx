import { exactTime } from '#lib/format.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import type { BackupRowContext, BackupRowProps } from './backup-row.tsx'
import { BackupsStateFields } from './list-state.tsx'

export function DeleteDialog(props: BackupRowProps & BackupRowContext & Readonly<{ dialogId: string }>): JSX.Element {
  return (
    <Dialog id={props.dialogId} title={`Delete the backup of ${exactTime(props.createdAt)}?`}>
      <form
        method="post"
        action={`/backups/${props.id}/delete`}
        hx-post={`/backups/${props.id}/delete`}
        hx-target="#backups"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <BackupsStateFields {...props.list} />
        <p>
          The file <code safe>{props.name}</code> is deleted from this server. This cannot be undone.
          {props.uploadedAt !== null && ' Its copy in the object store stays.'}
        </p>
        <DialogFoot dialogId={props.dialogId}>
          <SubmitButton label="Delete backup" busyLabel="Deleting…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
