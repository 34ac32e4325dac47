import { attribute } from '#views/ui/attribute.ts'
import { FieldNotes } from '#views/ui/field.tsx'

export type ActorInputProps = Readonly<{ value: string; suggested: readonly string[]; fault: string | undefined }>

/** Suggests e-mails, and takes any. */
export function ActorInput({ value, suggested, fault }: ActorInputProps): JSX.Element {
  return (
    <div>
      <label for="audit-actor">Who</label>
      <input
        id="audit-actor"
        name="actor"
        type="text"
        class={['form-control', fault && 'is-invalid']}
        value={attribute(value)}
        list="audit-actors"
        maxlength={300}
        placeholder="E-mail or user id"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        aria-invalid={fault ? 'true' : undefined}
        aria-describedby={fault ? 'audit-actor-fault' : undefined}
      />
      <datalist id="audit-actors">
        {suggested.map((email) => (
          <option value={attribute(email)} />
        ))}
      </datalist>
      <FieldNotes id="audit-actor" fault={fault} />
    </div>
  )
}
