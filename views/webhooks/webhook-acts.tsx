import { OpenDialogButton } from '#views/ui/button.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { DisableDialog } from './disable-dialog.tsx'
import { EnableForm } from './enable-form.tsx'

type WebhookActsProps = Readonly<{ id: number; url: string; isActive: boolean }>

/** Off and on again, and away for good. */
export function WebhookActs(props: WebhookActsProps): JSX.Element {
  return (
    <div class="hf-webhook-acts">
      {props.isActive ? (
        <OpenDialogButton label="Disable" dialogId="webhook-disable" icon="ban" />
      ) : (
        <EnableForm id={props.id} />
      )}
      <OpenDialogButton label="Delete" dialogId="webhook-delete" icon="trash" look="ghost" />
      {props.isActive && <DisableDialog {...props} />}
      <DeleteDialog {...props} />
    </div>
  )
}
