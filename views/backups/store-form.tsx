import { Alert } from '#views/ui/alert.tsx'
import { OpenDialogButton, SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { Field, type FieldFaults } from '#views/ui/field.tsx'
import { SecretField } from './secret-field.tsx'

const TEXT_CHARS_MAX = 200
const ENDPOINT_CHARS_MAX = 500

export type StoreFormProps = Readonly<{
  endpoint: string
  region: string
  bucket: string
  prefix: string
  accessKeyId: string
  /** Whether there is a store with its secret. */
  isSet: boolean
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
      {props.isSet && <RemoveDialog bucket={props.bucket} />}
    </section>
  )
}

function StoreFields(props: StoreFormProps): JSX.Element {
  const { faults = {} } = props
  const text = { autocomplete: 'off', maxlength: TEXT_CHARS_MAX }
  return (
    <form
      method="post"
      action="/backups/store"
      hx-post="/backups/store"
      hx-target="#backup-store"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <Field
        id="store-endpoint"
        name="endpoint"
        label="Endpoint"
        autocomplete="off"
        maxlength={ENDPOINT_CHARS_MAX}
        value={props.endpoint}
        hint="Such as https://s3.eu-west-1.amazonaws.com."
        fault={faults.endpoint}
      />
      <Field id="store-region" name="region" label="Region" {...text} value={props.region} fault={faults.region} />
      <Field id="store-bucket" name="bucket" label="Bucket" {...text} value={props.bucket} fault={faults.bucket} />
      <Field
        id="store-prefix"
        name="prefix"
        label="Prefix"
        {...text}
        value={props.prefix}
        hint="Before the name of each copy, such as a folder."
        fault={faults.prefix}
        isOptional
      />
      <Field
        id="store-key"
        name="access_key_id"
        label="Access key ID"
        {...text}
        value={props.accessKeyId}
        fault={faults.access_key_id}
      />
      <SecretField isSet={props.isSet} fault={faults.secret} />
      <SubmitButton label="Save store" busyLabel="Saving…" look="plain" />
    </form>
  )
}

function RemoveDialog(props: Readonly<{ bucket: string }>): JSX.Element {
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
