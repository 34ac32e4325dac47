import { attribute } from '#views/ui/attribute.ts'
import { grouped } from './backup-words.ts'

export type ProgressBarProps = Readonly<{ label: string; done: number; of: number }>

/** How far work is: a bar, and the same in words. Before anything is known the bar only moves. */
export function ProgressBar(props: ProgressBarProps): JSX.Element {
  const { label, done, of } = props
  const isKnown = of > 0 && done > 0
  return (
    <span class="hf-progress">
      <progress
        aria-label={attribute(label)}
        max={isKnown ? String(of) : undefined}
        value={isKnown ? String(Math.min(done, of)) : undefined}
      />
      <small safe>{wordsOf(props, isKnown)}</small>
    </span>
  )
}

function wordsOf({ done, of }: ProgressBarProps, isKnown: boolean): string {
  return isKnown ? `${grouped(Math.min(done, of))} of ${grouped(of)} rows` : 'Counting rows'
}
