import { attribute } from '#views/ui/attribute.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { Checkbox, Field, type FieldFaults, FieldNotes } from '#views/ui/field.tsx'

export type GeneralFormProps = Readonly<{
  name: string
  address: string
  /** `#rrggbb`; undefined for Honeyframe's own. */
  color?: string | undefined
  /** Reasons by field: `name`, `color`. */
  faults?: FieldFaults | undefined
}>

/** The fragment of POST /settings/organization, when it refuses. */
export function GeneralForm(props: GeneralFormProps): JSX.Element {
  const { faults = {} } = props
  return (
    <form
      id="organization-form"
      class="card hf-setting"
      method="post"
      action="/settings/organization"
      hx-post="/settings/organization"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <div class="hf-setting-head">
        <h2>Name and colour</h2>
        <p>The colour tints links, buttons and marks. States such as green and red stay as they are.</p>
      </div>
      <div class="hf-setting-body">
        <Field
          id="organization-name"
          name="name"
          label="Name"
          autocomplete="organization"
          maxlength={200}
          value={props.name}
          fault={faults.name}
        />
        <ColorField color={props.color} fault={faults.color} />
        <SubmitButton label="Save" busyLabel="Saving…" />
      </div>
    </form>
  )
}

const SUGGESTED_COLOR = '#0a5fb8'

/** The style sheet hides the choice while the box is ticked, so that nobody chooses a colour that does not count. */
function ColorField(props: Readonly<{ color: string | undefined; fault: string | undefined }>): JSX.Element {
  const id = 'organization-color'
  return (
    <div class="hf-color">
      <Checkbox
        id="own-color"
        name="own_color"
        label="Use Honeyframe’s own colour"
        isChecked={props.color === undefined}
      />
      <div class="hf-field hf-color-choice">
        <label class="form-label" for={id}>
          Colour
        </label>
        <input
          id={id}
          name="color"
          type="color"
          class="form-control form-control-color"
          value={attribute(props.color ?? SUGGESTED_COLOR)}
          aria-invalid={props.fault ? 'true' : undefined}
          aria-describedby={props.fault ? `${id}-fault` : `${id}-hint`}
        />
        <FieldNotes
          id={id}
          hint="Any colour does: where it could not be read, a darker or lighter one of its kind is used."
          fault={props.fault}
        />
      </div>
    </div>
  )
}
