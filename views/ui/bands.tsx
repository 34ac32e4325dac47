import { dateOfMs } from '#lib/clock.ts'
import { exactTime } from '#lib/format.ts'
import { attribute } from './attribute.ts'

export type BandTone = 'ok' | 'warn' | 'error' | 'unknown'

export type BandSegment = Readonly<{ fromMs: number; toMs: number; tone: BandTone; label: string; message: string }>

export type BandMark = Readonly<{ fromMs: number; toMs: number; texts: readonly string[] }>

type Time = Readonly<{ fromMs: number; toMs: number }>

/** Fills for what is not plainly good, so that a tone is more than a colour. One copy a page, before the bands. */
export function BandPatterns(): JSX.Element {
  return (
    <svg class="hf-band-patterns" width="0" height="0" aria-hidden="true" focusable="false">
      <defs>
        <pattern id="band-warn" width="6" height="6" patternUnits="userSpaceOnUse">
          <path d="M-1 1l2-2M0 6L6 0M5 7l2-2" class="hf-band-stroke" />
        </pattern>
        <pattern id="band-error" width="5" height="5" patternUnits="userSpaceOnUse">
          <path d="M0 0l5 5M5 0L0 5" class="hf-band-stroke" />
        </pattern>
        <pattern id="band-unknown" width="6" height="6" patternUnits="userSpaceOnUse">
          <path d="M-1 5l2 2M0 0l6 6M5-1l2 2" class="hf-band-hatch" />
        </pattern>
      </defs>
    </svg>
  )
}

export type BandProps = Time & Readonly<{ name: string; summary: string; segments: readonly BandSegment[] }>

/** States over time as one line of blocks; each says its state, its time and what was told. */
export function Band(props: BandProps): JSX.Element {
  return (
    <svg class="hf-band-svg" role="img" aria-label={attribute(`${props.name}: ${props.summary}`)}>
      {props.segments.map((segment) => (
        <Block {...segment} time={props} />
      ))}
    </svg>
  )
}

function Block({ time, ...segment }: BandSegment & Readonly<{ time: Time }>): JSX.Element {
  const { tone } = segment
  const place = { x: share(segment.fromMs, time), width: widthOf(segment, time) }
  return (
    <g>
      <title safe>{segmentWords(segment)}</title>
      <rect {...place} y="0" height="100%" class={`hf-band-${tone}`} />
      {tone !== 'ok' && <rect {...place} y="0" height="100%" fill={`url(#band-${tone})`} />}
    </g>
  )
}

export type BandMarksProps = Time & Readonly<{ marks: readonly BandMark[] }>

/** What happened meanwhile, a dot each. */
export function BandMarks(props: BandMarksProps): JSX.Element {
  const count = props.marks.reduce((sum, { texts }) => sum + texts.length, 0)
  return (
    <svg class="hf-band-marks" role="img" aria-label={attribute(`Changes: ${count}`)}>
      {props.marks.map((mark) => (
        <g>
          <title safe>{mark.texts.join('\n')}</title>
          <circle cx={share((mark.fromMs + mark.toMs) / 2, props)} cy="50%" r="4.5" class="hf-band-mark" />
        </g>
      ))}
    </svg>
  )
}

export function segmentWords({ fromMs, toMs, label, message }: BandSegment): string {
  const times = `${exactTime(dateOfMs(fromMs))} to ${exactTime(dateOfMs(toMs))}`
  return message === '' ? `${label}, ${times}` : `${label}, ${times}\n${message}`
}

function share(ms: number, { fromMs, toMs }: Time): string {
  return `${((100 * (ms - fromMs)) / (toMs - fromMs)).toFixed(3)}%`
}

function widthOf(segment: Time, { fromMs, toMs }: Time): string {
  return share(fromMs + segment.toMs - segment.fromMs, { fromMs, toMs })
}
