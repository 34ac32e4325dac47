import { attribute } from './attribute.ts'
import { Icon } from './icon.tsx'

export type SearchInputProps = Readonly<{ id: string; label: string; value: string }>

/** The search field of a list; the form around it says where it leads. */
export function SearchInput(props: SearchInputProps): JSX.Element {
  return (
    <div class="hf-search">
      <Icon name="search" />
      <input
        id={props.id}
        class="form-control"
        type="search"
        name="q"
        value={attribute(props.value)}
        maxlength={200}
        placeholder={attribute(props.label)}
        aria-label={attribute(props.label)}
        autocomplete="off"
        spellcheck="false"
        enterkeyhint="search"
      />
    </div>
  )
}
