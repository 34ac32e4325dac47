import { exactTime } from '#lib/format.ts'
import { OpenDialogButton, SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'

export type RemoveLicenseProps = Readonly<{
  orgName: string
  expires: Date | null
  enforcement: 'on' | 'off' | 'unset'
}>

const ID = 'remove-license'

const WITHOUT: Readonly<Record<RemoveLicenseProps['enforcement'], string>> = {
  on: 'Where there is none, everything that saves closes at once, because this install asks for a licence.',
  off: 'Nothing closes: this install enforces no licence.',
  unset: 'Where there is none, nothing closes.',
}

/** The way to be without a licence of one's own; asks first. */
export function RemoveLicense({ orgName, expires, enforcement }: RemoveLicenseProps): JSX.Element {
  const until = expires === null ? '' : `, which ends at ${exactTime(expires)},`
  return (
    <>
      <div class="hf-license-acts">
        <OpenDialogButton label="Remove" dialogId={ID} icon="trash" />
      </div>
      <Dialog id={ID} title={`Remove the licence of ${orgName}?`}>
        <form method="post" action="/settings/license/remove">
          <p safe>
            {`Its document${until} is not kept here. From then on the subscription or the licence of the whole install counts. ${WITHOUT[enforcement]}`}
          </p>
          <DialogFoot dialogId={ID}>
            <SubmitButton label="Remove" busyLabel="Removing…" look="danger" />
          </DialogFoot>
        </form>
      </Dialog>
    </>
  )
}
