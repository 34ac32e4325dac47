import { attribute } from '#views/ui/attribute.ts'
import { FieldNotes } from '#views/ui/field.tsx'

export type DayInputProps = Readonly<{ name: 'from' | 'to'; label: string; value: string; fault: string | undefined }>

/** Anything else a browser leaves out, and complains of. */
const DAY = /^\d{4}-\d\d-\d\d$/

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
        value={attribute(fault === undefined && DAY.test(value) ? value : '')}
        aria-invalid={fault ? 'true' : undefined}
        aria-describedby={fault ? `audit-${name}-fault` : undefined}
      />
      <FieldNotes id={`audit-${name}`} fault={fault} />
    </div>
  )
}
