import { OpenDialogButton, SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'

const ID = 'remove-smtp'

/** The way back to the platform's mail server; asks first. */
export function RemoveSmtp(props: Readonly<{ orgName: string; host: string }>): JSX.Element {
  return (
    <>
      <OpenDialogButton label="Remove" dialogId={ID} icon="trash" />
      <Dialog id={ID} title={`Remove the mail server ${props.host}?`}>
        <form method="post" action="/smtp/remove">
          <p safe>
            {`Mails of ${props.orgName} go through the platform’s mail server again, where there is one. The password is not kept.`}
          </p>
          <DialogFoot dialogId={ID}>
            <SubmitButton label="Remove" busyLabel="Removing…" look="danger" />
          </DialogFoot>
        </form>
      </Dialog>
    </>
  )
}
