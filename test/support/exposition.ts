export type Series = Readonly<{ name: string; labels: Readonly<Record<string, string>>; value: number }>
export type Scrape = Readonly<{ kinds: ReadonlyMap<string, string>; series: readonly Series[] }>

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const HEAD = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`)
const SAMPLE = new RegExp(`^(${NAME})(\\{.*\\})? (-?[0-9.e+-]+|NaN|[+-]Inf)$`)
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)/y

/**
 * Reads Prometheus' text format 0.0.4 as strictly as `promtool check metrics`: every sample stands under the HELP and TYPE
 * of its own metric, no series comes twice, and the buckets of a histogram never fall and end with its count.
 */
export function readExposition(text: string): Scrape {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const kinds = new Map<string, string>()
  const series: Series[] = []
  let current = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const [, word, name = '', rest = ''] = HEAD.exec(line) ?? []
    if (word === 'HELP') {
      if (kinds.has(name)) throw new Error(`${name} comes twice`)
      kinds.set(name, '')
      current = name
    } else if (word === 'TYPE') {
      if (name !== current || !/^(counter|gauge|histogram)$/.test(rest)) throw new Error(`a stray type: ${line}`)
      kinds.set(name, rest)
    } else series.push(sampleOf(line, current, kinds.get(current)))
  }
  const keys = series.map(({ name, labels }) => name + JSON.stringify(Object.entries(labels).sort()))
  const twice = keys.find((key, at) => keys.indexOf(key) !== at)
  if (twice !== undefined) throw new Error(`${twice} comes twice`)
  checkHistograms(kinds, series)
  return { kinds, series }
}

/** The value of the one series with this name and these labels; undefined when there is none. */
export function sampleValue({ series }: Scrape, name: string, labels: Record<string, string> = {}): number | undefined {
  const wanted = Object.entries(labels)
  return series.find((each) => each.name === name && wanted.every(([key, value]) => each.labels[key] === value))?.value
}

function sampleOf(line: string, current: string, kind: string | undefined): Series {
  const [, name = '', braces = '', value = ''] = SAMPLE.exec(line) ?? []
  const family = kind === 'histogram' ? name.replace(/_(bucket|sum|count)$/, '') : name
  if (name === '' || family !== current || !kind) throw new Error(`a stray line: ${line}`)
  return { name, labels: labelsOf(braces.slice(1, -1), line), value: Number(value.replace('Inf', 'Infinity')) }
}

function labelsOf(inside: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < inside.length) {
    const match = LABEL.exec(inside)
    if (!match) throw new Error(`unreadable labels: ${line}`)
    const [, name = '', value = ''] = match
    labels[name] = value.replace(/\\([\\n"])/g, (_, char: string) => (char === 'n' ? '\n' : char))
  }
  return labels
}

function checkHistograms(kinds: ReadonlyMap<string, string>, series: readonly Series[]): void {
  for (const [name, kind] of kinds) {
    if (kind !== 'histogram') continue
    for (const count of series.filter((each) => each.name === `${name}_count`)) {
      const own = Object.entries(count.labels)
      const isSame = ({ labels }: Series) => own.every(([key, value]) => labels[key] === value)
      const buckets = series.filter((each) => each.name === `${name}_bucket` && isSame(each))
      const values = buckets.map(({ value }) => value)
      const isRising = values.every((value, at) => value >= (values[at - 1] ?? 0))
      if (!isRising || values.at(-1) !== count.value || buckets.at(-1)?.labels.le !== '+Inf') {
        throw new Error(`the buckets of ${name} make no sense: ${values.join(' ')}`)
      }
    }
  }
}
