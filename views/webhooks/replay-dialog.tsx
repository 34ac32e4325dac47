import { attribute } from '#views/ui/attribute.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { FieldNotes } from '#views/ui/field.tsx'

export type ReplayDraft = Readonly<{ since?: string | undefined; fault?: string | undefined }>

type ReplayDialogProps = Readonly<{ id: number; url: string; draft: ReplayDraft | undefined }>

export function ReplayDialog({ id, url, draft }: ReplayDialogProps): JSX.Element {
  const fault = draft?.fault
  return (
    <Dialog id="webhook-replay" title="Replay events" isOpen={draft !== undefined}>
      <form
        method="post"
        action={`/webhooks/${id}/replay`}
        hx-post={`/webhooks/${id}/replay`}
        hx-target="#webhook"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <p
          safe
        >{`Sends every event since a time to ${url} again, in their order and with their ids; at most 30 days back.`}</p>
        <div class="hf-field">
          <label class="form-label" for="replay-since">
            Since (UTC)
          </label>
          <input
            id="replay-since"
            name="since"
            type="datetime-local"
            class={['form-control', fault !== undefined && 'is-invalid']}
            value={attribute(draft?.since ?? '')}
            required
            aria-invalid={fault !== undefined ? 'true' : undefined}
            aria-describedby={fault !== undefined ? 'replay-since-fault' : undefined}
          />
          <FieldNotes id="replay-since" fault={fault} />
        </div>
        <DialogFoot dialogId="webhook-replay">
          <SubmitButton label="Replay events" busyLabel="Replaying…" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
