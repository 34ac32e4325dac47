export type MetricKind = 'counter' | 'gauge' | 'histogram'
export type Labels = Readonly<Record<string, string>>
/** One value of a metric. `suffix` is `_bucket`, `_sum` or `_count` of a histogram. */
export type Sample = Readonly<{ labels?: Labels; value: number; suffix?: string }>
export type Metric = Readonly<{ name: string; kind: MetricKind; help: string; samples: readonly Sample[] }>

/** Prometheus' text format, version 0.0.4. Metrics without a sample are left out. */
export function exposition(metrics: readonly Metric[]): string {
  return metrics.flatMap((metric) => (metric.samples.length > 0 ? [textOf(metric)] : [])).join('')
}

function textOf({ name, kind, help, samples }: Metric): string {
  const head = `# HELP ${name} ${escaped(help, false)}\n# TYPE ${name} ${kind}\n`
  const lines = samples.map(
    ({ suffix = '', labels, value }) => `${name}${suffix}${labelsOf(labels)} ${numberOf(value)}\n`,
  )
  return head + lines.join('')
}

function labelsOf(labels: Labels = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value, true)}"`)
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}

function escaped(text: string, isQuoted: boolean): string {
  const safe = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return isQuoted ? safe.replaceAll('"', '\\"') : safe
}

function numberOf(value: number): string {
  if (value === Infinity) return '+Inf'
  return value === -Infinity ? '-Inf' : String(value)
}
