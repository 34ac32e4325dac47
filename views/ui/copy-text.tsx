import { attribute } from './attribute.ts'
import { Icon } from './icon.tsx'

export type CopyTextProps = Readonly<{ id: string; label: string; title: string; text: string }>

/** Several lines to take away, whole; the button copies them where scripts run. */
export function CopyText({ id, label, title, text }: CopyTextProps): JSX.Element {
  return (
    <div class="hf-copy-text">
      <div class="hf-copy-text-head">
        <span safe>{title}</span>
        <button type="button" class="btn btn-sm hf-needs-script" data-copy={attribute(id)}>
          <Icon name="copy" />
          <span data-copy-label aria-live="polite">
            Copy
          </span>
        </button>
      </div>
      <textarea
        id={attribute(id)}
        class="form-control hf-mono"
        rows={String(text.split('\n').length)}
        readonly
        aria-label={attribute(label)}
        spellcheck="false"
        safe
      >
        {text}
      </textarea>
    </div>
  )
}
