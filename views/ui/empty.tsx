import type { Children } from '@kitajs/html'
import { Icon, type IconName } from './icon.tsx'

export type EmptyProps = Readonly<{ icon: IconName; title: string; text: string; children?: Children }>

/** A list with nothing in it: what it is for, and the first thing to do. */
export function Empty(props: EmptyProps): JSX.Element {
  return (
    <div class="hf-empty">
      <span class="hf-empty-icon">
        <Icon name={props.icon} />
      </span>
      <p class="hf-empty-title" safe>
        {props.title}
      </p>
      <p class="hf-empty-text" safe>
        {props.text}
      </p>
      {props.children}
    </div>
  )
}
