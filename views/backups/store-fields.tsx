import { SubmitButton } from '#views/ui/button.tsx'
import { Field } from '#views/ui/field.tsx'
import { SecretField } from './secret-field.tsx'
import type { StoreFormProps } from './store-form.tsx'

const TEXT_CHARS_MAX = 200
const ENDPOINT_CHARS_MAX = 500

/** What is typed once about an object store. */
export function StoreFields(props: StoreFormProps): JSX.Element {
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
