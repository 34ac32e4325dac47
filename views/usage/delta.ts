import type { FigureProps } from './figure.tsx'

/** How a figure stands to the period before, in words; undefined where there is nothing to compare with. */
export function deltaWords({ total, previous }: FigureProps, before: string): string | undefined {
  if (previous === null) return undefined
  if (total === previous) return `The same as ${before}`
  const [distance, way] = [Math.abs(total - previous), total > previous ? 'more' : 'less']
  if (previous === 0) return 'Up from none'
  const percent = Math.round((distance / previous) * 100)
  return `${percent === 0 ? 'Under 1' : percent} % ${way} than ${before}`
}
