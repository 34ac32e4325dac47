import { exactTime } from '#lib/format.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { Field } from '#views/ui/field.tsx'
import { type BackupsState, BackupsStateFields } from './list-state.tsx'
import { Preview, type PreviewProps } from './preview-table.tsx'

export type RestoreDialogProps = Readonly<{
  id: number
  createdAt: Date
  orgName: string
  /** What has to be typed. */
  phrase: string
  list: BackupsState
  preview: PreviewProps
  typed?: string | undefined
  fault?: string | undefined
}>

/** It is in the page only where somebody asked for it, and then it stands open. */
export function RestoreDialog(props: RestoreDialogProps): JSX.Element {
  return (
    <Dialog id="backup-restore" title={`Restore the backup of ${exactTime(props.createdAt)}?`} isOpen>
      <form
        method="post"
        action={`/backups/${props.id}/restore`}
        hx-post={`/backups/${props.id}/restore`}
        hx-target="#backups"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <BackupsStateFields {...props.list} />
        <p safe>
          {`What ${props.orgName} holds becomes what it was then; people who joined since stay. A safety backup of what there is now is made first, so you can come back. Other organizations are not touched.`}
        </p>
        <Preview {...props.preview} />
        <Field
          id="backup-restore-confirm"
          name="confirm"
          label={`Type ${props.phrase} to confirm`}
          autocomplete="off"
          maxlength={200}
          value={props.typed}
          fault={props.fault}
          hasFocus
        />
        <DialogFoot dialogId="backup-restore">
          <SubmitButton label="Restore backup" busyLabel="Restoring…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
