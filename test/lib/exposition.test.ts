import { expect, test } from 'bun:test'
import { exposition, type Metric } from '#lib/exposition.ts'
import { readExposition, sampleValue } from '#test/support/exposition.ts'

const gauge = (value: number, labels: Record<string, string> = {}): Metric => ({
  name: 'x',
  kind: 'gauge',
  help: 'What it is.',
  samples: [{ value, labels }],
})

test('a metric is its help, its type and its samples', () => {
  expect(exposition([gauge(1.5, { a: 'b' })])).toBe('# HELP x What it is.\n# TYPE x gauge\nx{a="b"} 1.5\n')
  expect(exposition([{ ...gauge(1), samples: [] }])).toBe('')
})

test('a label’s value is read back as it was, whatever it holds', () => {
  for (const value of ['', 'a"b', 'a\\b', 'a\nb', '\\n', '}', '",le="', 'pässwörd', '{} 1']) {
    const read = readExposition(exposition([gauge(1, { route: value })]))
    expect(read.series).toEqual([{ name: 'x', labels: { route: value }, value: 1 }])
  }
})

test('numbers are written as Prometheus reads them', () => {
  for (const value of [0, -1, 1e21, 1e-7, Infinity, -Infinity, NaN]) {
    expect(sampleValue(readExposition(exposition([gauge(value)])), 'x')).toBe(value)
  }
})

test('the reader refuses what is no exposition', () => {
  for (const text of [
    'x 1',
    'x 1\n',
    '# TYPE x gauge\nx 1\n',
    '# HELP x a\n# TYPE x gauge\nx one\n',
    '# HELP x a\n# TYPE x gauge\nx 1\nx 2\n',
    '# HELP x a\n# TYPE x gauge\nx{a="b} 1\n',
    '# HELP x a\n# TYPE x histogram\nx_bucket{le="1"} 2\nx_bucket{le="+Inf"} 1\nx_sum 1\nx_count 1\n',
  ]) {
    expect(() => readExposition(text)).toThrow()
  }
})
