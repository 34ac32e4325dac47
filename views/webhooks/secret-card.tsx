import { OpenDialogButton } from '#views/ui/button.tsx'
import { ExactTime } from '#views/ui/time.tsx'
import { EndOldDialog } from './end-old-dialog.tsx'
import { RotateDialog } from './rotate-dialog.tsx'

export type SecretCardProps = Readonly<{ id: number; url: string; secretTail: string; oldSecretEndsAt: Date | null }>

export function SecretCard(props: SecretCardProps): JSX.Element {
  const { secretTail, oldSecretEndsAt } = props
  return (
    <section class="card hf-card-form" aria-labelledby="secret-title">
      <h2 id="secret-title">Signing secret</h2>
      <p>
        <code safe>{`whsec_…${secretTail}`}</code>
      </p>
      {oldSecretEndsAt !== null && (
        <p>
          The old secret signs, too, until <ExactTime at={oldSecretEndsAt} />.
        </p>
      )}
      <div class="hf-webhook-acts">
        <OpenDialogButton label="Replace secret" dialogId="webhook-rotate" icon="key" />
        {oldSecretEndsAt !== null && (
          <OpenDialogButton label="End old secret" dialogId="webhook-end-old" look="ghost" />
        )}
      </div>
      <RotateDialog {...props} />
      {oldSecretEndsAt !== null && <EndOldDialog {...props} />}
    </section>
  )
}
