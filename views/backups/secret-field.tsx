import { FieldNotes } from '#views/ui/field.tsx'

export type SecretFieldProps = Readonly<{ isSet: boolean; fault?: string | undefined }>

/** A secret is never sent back to the page, so this part takes no value. Left empty, it keeps the one there is. */
export function SecretField(props: SecretFieldProps): JSX.Element {
  const id = 'store-secret'
  return (
    <div class="hf-field">
      <label class="form-label" for={id}>
        Secret access key
      </label>
      <input
        id={id}
        name="secret"
        type="password"
        class={['form-control', props.fault && 'is-invalid']}
        autocomplete="new-password"
        maxlength={1024}
        placeholder={props.isSet ? '••••••••' : undefined}
        required={!props.isSet}
        aria-invalid={props.fault ? 'true' : undefined}
        aria-describedby={props.fault === undefined ? `${id}-hint` : `${id}-fault`}
      />
      <FieldNotes
        id={id}
        hint={
          props.isSet
            ? 'Saved, and never shown again. Leave it empty to keep it.'
            : 'It is sealed, and never shown again.'
        }
        fault={props.fault}
      />
    </div>
  )
}
