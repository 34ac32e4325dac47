import { attribute } from './attribute.ts'
import { Icon } from './icon.tsx'

export type CopyBoxProps = Readonly<{ id: string; label: string; value: string }>

/** A value to take away, whole, in a field that can be selected; the button copies it where scripts run. */
export function CopyBox(props: CopyBoxProps): JSX.Element {
  return (
    <div class="hf-copy">
      <input
        id={props.id}
        class="form-control hf-mono"
        type="text"
        readonly
        value={attribute(props.value)}
        aria-label={attribute(props.label)}
        autocomplete="off"
        spellcheck="false"
      />
      <button type="button" class="btn hf-needs-script" data-copy={props.id}>
        <Icon name="copy" />
        <span data-copy-label aria-live="polite">
          Copy
        </span>
      </button>
    </div>
  )
}
