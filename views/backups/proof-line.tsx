import { Icon } from '#views/ui/icon.tsx'
import { Time } from '#views/ui/time.tsx'
import { comparisonOf } from './proof.tsx'

export type LastProof = Readonly<{ at: Date; name: string; tables: number | null; differences: number | null }>

export type ProofLineProps = Readonly<{ proof: LastProof | undefined; now: Date }>

/** The one sentence an operator looks for. */
export function ProofLine(props: ProofLineProps): JSX.Element {
  const { proof, now } = props
  return (
    <p class="hf-proof-line">
      <Icon name={proof ? 'shield-check' : 'shield'} />
      {proof === undefined ? (
        <span>No backup is proven restorable yet. The newest one is tried every night, at 03:23 UTC.</span>
      ) : (
        <span>
          Last proven restorable <Time at={proof.at} now={now} />
          {', '}
          <span safe>{comparisonOf({ proofTables: proof.tables, proofDifferences: proof.differences })}</span>
          {'. '}
          <small safe>{proof.name}</small>
        </span>
      )}
    </p>
  )
}
