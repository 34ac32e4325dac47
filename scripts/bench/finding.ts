import type { Spread } from './spread.ts'

/** One line of the table. `target` is absent for what is only told. */
export type Finding = Readonly<{
  what: string
  value: Spread
  unit: 'times' | 'MB' | 'MB a minute' | 'ms' | 'a second'
  target?: Readonly<{ atLeast: number } | { atMost: number }>
}>

/** A target counts as met by the median. */
export function isMet({ value, target }: Finding): boolean {
  if (!target) return true
  return 'atLeast' in target ? value.median >= target.atLeast : value.median <= target.atMost
}

/** A Markdown table, as `docs/benchmarks.md` shows it. */
export function tableOf(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => {
    const { what, value, unit } = finding
    const spread = [value.min, value.median, value.max].map(digits)
    return [what, unit, ...spread, targetOf(finding)]
  })
  const all = [['figure', 'unit', 'min', 'median', 'max', 'target'], ...rows]
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? []
  const [head, ...body] = all.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  )
  return [head, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body].join('\n')
}

function targetOf(finding: Finding): string {
  const { target } = finding
  if (!target) return '–'
  const words = 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`
  return `${words}: ${isMet(finding) ? 'met' : 'missed'}`
}

function digits(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0)
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(Math.abs(value) >= 1 ? 2 : 3)
}
