import { Alert } from '#views/ui/alert.tsx'
import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import type { EventChoice } from './event-picker.tsx'
import { type WebhookDraft, WebhookFields } from './webhook-fields.tsx'

type CreateDialogProps = Readonly<{
  draft: WebhookDraft & Readonly<{ fault?: string | undefined }>
  choices: readonly EventChoice[]
  isOpen: boolean
}>

export function CreateDialog({ draft, choices, isOpen }: CreateDialogProps): JSX.Element {
  return (
    <Dialog id="webhook-create" title="New webhook" isOpen={isOpen}>
      <form
        method="post"
        action="/webhooks"
        hx-post="/webhooks"
        hx-target="#webhooks"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        {draft.fault !== undefined && <Alert tone="danger" title="No webhook was made" text={draft.fault} />}
        <WebhookFields id="webhook-create" draft={draft} choices={choices} hasFocus={isOpen} />
        <DialogFoot dialogId="webhook-create">
          <SubmitButton label="Make webhook" busyLabel="Making…" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
