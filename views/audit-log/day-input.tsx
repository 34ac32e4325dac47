import { attribute } from '#views/ui/attribute.ts'
import { FieldNotes } from '#views/ui/field.tsx'

export type DayInputProps = Readonly<{ name: 'from' | 'to'; label: string; value: string; fault: string | undefined }>

/** A whole day, by UTC. */
export function DayInput({ name, label, value, fault }: DayInputProps): JSX.Element {
  return (
    <div>
      <label for={`audit-${name}`} safe>
        {label}
      </label>
      <input
        id={`audit-${name}`}
        name={name}
        type="date"
        class={['form-control', fault && 'is-invalid']}
        value={attribute(value)}
        aria-invalid={fault ? 'true' : undefined}
        aria-describedby={fault ? `audit-${name}-fault` : undefined}
      />
      <FieldNotes id={`audit-${name}`} fault={fault} />
    </div>
  )
}
