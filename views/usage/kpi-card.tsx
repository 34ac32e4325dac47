import type { Children } from '@kitajs/html'
import { attribute } from '#views/ui/attribute.ts'
import { deltaWords } from './delta.ts'
import { Course, type FigureProps } from './figure.tsx'

export type KpiProps = Readonly<{
  name: string
  figure: FigureProps
  /** A value with its unit. */
  words: (value: number) => string
  /** What the figure is compared with, such as `the 7 days before`. */
  before: string
  isByMonth: boolean
  /** The value as it stands large; the number alone unless given. */
  large?: string | undefined
  /** One line each: what the value is made of, or what will fill it. */
  notes: readonly string[]
  children?: Children
}>

/** One figure: how much, how it stands to before, and its course. */
export function KpiCard(props: KpiProps): JSX.Element {
  const { name, figure, before } = props
  const delta = deltaWords(figure, before)
  return (
    <section class="card hf-usage-card" aria-label={attribute(name)}>
      <h2 safe>{name}</h2>
      <p class="hf-usage-total" safe>
        {props.large ?? COUNT.format(figure.total)}
      </p>
      {delta !== undefined && (
        <p class="hf-usage-delta" safe>
          {delta}
        </p>
      )}
      {props.notes.map((note) => (
        <p class="hf-usage-note" safe>
          {note}
        </p>
      ))}
      <Course {...props} />
      {props.children}
    </section>
  )
}

const COUNT = new Intl.NumberFormat('en')
