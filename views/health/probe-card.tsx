import { Badge } from '#views/ui/badge.tsx'
import { metaWords } from './meta-words.ts'
import { HEALTH_BADGES, type HealthStatus } from './status.ts'

export type ProbeCardProps = Readonly<{
  component: string
  label: string
  status: HealthStatus
  message: string
  latencyMs: number
  meta: Readonly<Record<string, string | number | boolean | null>>
}>

/** One part of the system: what its check said, how long that took, and the facts behind it. */
export function ProbeCard(props: ProbeCardProps): JSX.Element {
  const { component, latencyMs, meta } = props
  return (
    <article class="card hf-probe" aria-labelledby={`probe-${component}`}>
      <header>
        <h2 id={`probe-${component}`} safe>
          {props.label}
        </h2>
        <Badge {...HEALTH_BADGES[props.status]} />
      </header>
      <p safe>{props.message}</p>
      <dl>
        <dt>Latency</dt>
        <dd safe>{`${latencyMs} ms`}</dd>
        {Object.entries(meta).map(([key, value]) => (
          <Fact {...metaWords(key, value)} />
        ))}
      </dl>
    </article>
  )
}

function Fact({ name, text }: Readonly<{ name: string; text: string }>): JSX.Element {
  return (
    <>
      <dt safe>{name}</dt>
      <dd safe>{text}</dd>
    </>
  )
}
