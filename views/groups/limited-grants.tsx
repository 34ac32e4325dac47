import { attribute } from '#views/ui/attribute.ts'
import { Icon } from '#views/ui/icon.tsx'
import type { GroupRowProps, MatrixContext } from './group-row.tsx'
import { midSentence } from './permission-words.ts'

/** What a group gives for one group only; taken by a button of the row's form. */
export function LimitedGrants(props: GroupRowProps & MatrixContext & Readonly<{ id: string }>): JSX.Element {
  return (
    <ul class="hf-limited" aria-label="For one group only">
      {props.limited.map(({ permission, target, words }) => (
        <li>
          <span safe>{words}</span>
          {props.canEdit && props.held.has(permission) && (
            <button
              type="submit"
              class="hf-icon-button"
              form={`${props.id}-grants`}
              name="take"
              value={attribute(`${permission}@${target}`)}
              aria-label={attribute(`Revoke: ${midSentence(words)}`)}
            >
              <Icon name="x" />
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}
