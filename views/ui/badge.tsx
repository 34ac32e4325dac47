export type BadgeTone = 'normal' | 'pending' | 'warning' | 'failing' | 'unknown'

export type BadgeProps = Readonly<{ tone: BadgeTone; label: string }>

/** A state in a word; the dot beside it is filled, ringed or barred, so that the tone is more than a colour. */
export function Badge(props: BadgeProps): JSX.Element {
  return (
    <span class={['badge hf-badge', `hf-badge-${props.tone}`]} safe>
      {props.label}
    </span>
  )
}
