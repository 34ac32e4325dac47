import { attribute } from './attribute.ts'

export type SparklineProps = Readonly<{
  /** What it draws, for whoever does not see it. */
  label: string
  /** Undefined where a value is unknown: a gap. */
  points: readonly Readonly<{ title: string; value: number | undefined }>[]
}>

const WIDTH = 240
const HEIGHT = 40
/** The share of a step that is left between two bars. */
const GAP = 0.2
/** A value above nothing is seen, however small it is beside the others. */
const BAR_MIN = 1.5

/** A bar for each value, from nothing up; scales with its place. */
export function Sparkline({ label, points }: SparklineProps): JSX.Element {
  const most = Math.max(1, ...points.map(({ value }) => value ?? 0))
  const step = WIDTH / Math.max(1, points.length)
  return (
    <svg
      class="hf-sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={attribute(label)}
    >
      {points.map(({ title, value }, place) => (
        <Bar title={title} x={place * step} width={step * (1 - GAP)} height={heightOf(value, most)} />
      ))}
      <line class="hf-sparkline-ground" x1="0" y1={HEIGHT} x2={WIDTH} y2={HEIGHT} />
    </svg>
  )
}

function Bar(props: Readonly<{ title: string; x: number; width: number; height: number }>): JSX.Element {
  return (
    <rect
      x={rounded(props.x)}
      y={rounded(HEIGHT - props.height)}
      width={rounded(props.width)}
      height={rounded(props.height)}
    >
      <title safe>{props.title}</title>
    </rect>
  )
}

function heightOf(value: number | undefined, most: number): number {
  return value ? Math.max(BAR_MIN, (value / most) * (HEIGHT - 1)) : 0
}

function rounded(size: number): string {
  return size.toFixed(2)
}
