import { Alert } from '#views/ui/alert.tsx'
import { OpenDialogButton, SubmitButton } from '#views/ui/button.tsx'
import type { FieldFaults } from '#views/ui/field.tsx'
import { RemoveStore } from './remove-store.tsx'
import { StoreFields } from './store-fields.tsx'

export type StoreFormProps = Readonly<{
  endpoint: string
  region: string
  bucket: string
  prefix: string
  accessKeyId: string
  /** Whether there is a store with its secret. */
  isSet: boolean
  isSecretReadable: boolean
  /** Reasons by field, as the API names them. */
  faults?: FieldFaults | undefined
  /** What the store said to a test. */
  trial?: Readonly<{ isTaken: boolean; words: string }> | undefined
}>

/** The fragment of the forms at /backups/store. */
export function StoreForm(props: StoreFormProps): JSX.Element {
  return (
    <section id="backup-store" class="card hf-setting" aria-labelledby="backup-store-title">
      <div class="hf-setting-head">
        <h2 id="backup-store-title">Object store</h2>
        <p>A copy of each backup goes to a bucket of yours: Amazon S3, or any store that speaks as it does.</p>
      </div>
      <div class="hf-setting-body">
        {props.trial !== undefined && (
          <Alert
            tone={props.trial.isTaken ? 'success' : 'danger'}
            title={props.trial.isTaken ? 'The store takes copies' : 'The store did not take the test'}
            text={props.trial.words}
          />
        )}
        {!props.isSecretReadable && (
          <Alert
            tone="danger"
            title="The stored secret access key cannot be read"
            text="No copy reaches the store until you enter it again. The operator may have changed a secret of this install."
          />
        )}
        <StoreFields {...props} />
        {props.isSet && (
          <div class="hf-backup-acts">
            <form
              method="post"
              action="/backups/store/test"
              hx-post="/backups/store/test"
              hx-target="#backup-store"
              hx-swap="outerHTML"
              hx-disable="find [type=submit]"
            >
              <SubmitButton label="Test store" busyLabel="Testing…" look="plain" />
            </form>
            <OpenDialogButton label="Remove store" dialogId="backup-store-remove" look="ghost" />
          </div>
        )}
      </div>
      {props.isSet && <RemoveStore bucket={props.bucket} />}
    </section>
  )
}
