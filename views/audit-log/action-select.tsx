import { attribute } from '#views/ui/attribute.ts'
import { FieldNotes } from '#views/ui/field.tsx'

/** An action by its name, with its sentence. */
export type ActionChoice = Readonly<{ action: string; sentence: string }>

export type ActionSelectProps = Readonly<{
  value: string
  actions: readonly ActionChoice[]
  fault: string | undefined
}>

/** Grouped by what an action is about. */
export function ActionSelect({ value, actions, fault }: ActionSelectProps): JSX.Element {
  const nouns = [...new Set(actions.map(({ action }) => nounOf(action)))]
  return (
    <div>
      <label for="audit-action">Action</label>
      <select
        id="audit-action"
        name="action"
        class={['form-select', fault && 'is-invalid']}
        aria-invalid={fault ? 'true' : undefined}
        aria-describedby={fault ? 'audit-action-fault' : undefined}
      >
        <option value="">Every action</option>
        {nouns.map((noun) => (
          <optgroup label={attribute(noun)}>
            {actions
              .filter(({ action }) => nounOf(action) === noun)
              .map(({ action, sentence }) => (
                <option value={attribute(action)} selected={action === value} safe>
                  {sentence}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      <FieldNotes id="audit-action" fault={fault} />
    </div>
  )
}

function nounOf(action: string): string {
  const noun = action.slice(0, action.indexOf('.'))
  return noun.charAt(0).toUpperCase() + noun.slice(1)
}
