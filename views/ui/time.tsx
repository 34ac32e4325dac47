import { exactTime, relativeTime } from '#lib/format.ts'

export type TimeProps = Readonly<{ at: Date; now: Date }>

/** An exact instant, for people who compare and for programs. */
export function ExactTime({ at }: Readonly<{ at: Date }>): JSX.Element {
  return (
    <time datetime={at.toISOString()} safe>
      {exactTime(at)}
    </time>
  )
}

/** An instant in words, with the exact one at hand. */
export function Time(props: TimeProps): JSX.Element {
  return (
    <time datetime={props.at.toISOString()} title={exactTime(props.at)} safe>
      {relativeTime(props.at, props.now)}
    </time>
  )
}
