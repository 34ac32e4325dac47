import { plural } from '#lib/format.ts'
import { Time } from '#views/ui/time.tsx'

export type Proof = Readonly<{
  isProving: boolean
  provenAt: Date | null
  proofTables: number | null
  proofDifferences: number | null
  proofError: string | null
}>

/** What is known of whether a backup can be restored, in a cell of the list. */
export function ProofCell(props: Proof & Readonly<{ now: Date }>): JSX.Element {
  if (props.isProving) return <span>Being proven</span>
  if (props.proofError !== null) return <span class="hf-proof-failed">Proof failed</span>
  if (props.provenAt === null) return <span>Not proven yet</span>
  return (
    <span>
      Proven <Time at={props.provenAt} now={props.now} />
    </span>
  )
}

/** What the comparison came to: `23 tables, 0 differences`. */
export function comparisonOf({
  proofTables,
  proofDifferences,
}: Pick<Proof, 'proofTables' | 'proofDifferences'>): string {
  return `${plural(proofTables ?? 0, 'table')}, ${plural(proofDifferences ?? 0, 'difference')}`
}
