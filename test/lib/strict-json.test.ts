import { describe, expect, test } from 'bun:test'
import { JsonFault, parseStrictJson } from '#lib/strict-json.ts'

const DEPTH_MAX = 32

function reasonOf(text: string): string {
  try {
    parseStrictJson(text, DEPTH_MAX)
    return 'read'
  } catch (error) {
    if (error instanceof JsonFault) return error.reason
    throw error
  }
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

describe('strict JSON', () => {
  const read = [
    '{}',
    'null',
    ' [1, 2.50, -0, 1e2] ',
    '{"a":{"a":{"a":1}},"b":{"a":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '{"a\\"":1,"a":2}',
    '{"a":":","b":"a"}',
    '{"\\u0061":1,"A":2}',
    '{"":1}',
    '{"__proto__":{"constructor":1}}',
    '"\\ud83d\\ude00"',
    nested(DEPTH_MAX),
  ]

  for (const text of read) {
    test(`reads ${text.slice(0, 40)} as every parser does`, () => {
      expect(parseStrictJson(text, DEPTH_MAX)).toEqual(JSON.parse(text))
    })
  }

  const doubled = [
    '{"a":1,"a":1}',
    '{"a":1,"b":2,"a":3}',
    '{"a":1,"\\u0061":2}',
    '{"\\/":1,"/":2}',
    '{"\\ud83d\\ude00":1,"😀":2}',
    '{"a" : 1 ,\n"a" : 2}',
    '[[{"x":{"a":1,"a":2}}]]',
    '{"a":[],"a":[]}',
    '{"a":{"b":1},"c":{},"a":1}',
    '{"":1,"":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"a\\"b":1,"a\\u0022b":2}',
  ]

  for (const text of doubled) {
    test(`refuses ${text} for its key that stands twice`, () => {
      expect(() => JSON.parse(text)).not.toThrow()
      expect(reasonOf(text)).toBe('duplicate_key')
    })
  }

  const broken = [
    '',
    '{',
    '{"a":1,}',
    "{'a':1}",
    '{a:1}',
    '// x\n{}',
    '01',
    'NaN',
    '1e400',
    '[-1e400]',
    '"\t"',
    '\ufeff{}',
  ]

  for (const text of [...broken, '"\\ud800"', '{"\\udc00":1}', '{}{}', '{"a":1 "a":2}', '"a', '{"a"']) {
    test(`does not read ${JSON.stringify(text)}`, () => {
      expect(reasonOf(text)).toBe('not_json')
    })
  }

  test('refuses what nests deeper than allowed, however deep', () => {
    expect(reasonOf(nested(DEPTH_MAX + 1))).toBe('too_deep')
    expect(reasonOf(nested(400_000))).toBe('too_deep')
    expect(reasonOf(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)).toBe('too_deep')
    expect(reasonOf(`{"a":"${'['.repeat(1_000)}"}`)).toBe('read')
  })

  test('takes the same short time for long texts, whatever they are made of', () => {
    for (const part of ['\\n', '\\"', 'a', '\\u0061']) {
      const start = performance.now()
      expect(reasonOf(`{"${part.repeat(1_000_000 / part.length)}":1}`)).toBe('read')
      expect(performance.now() - start).toBeLessThan(2_000)
    }
    const many = Array.from({ length: 100_000 }, (_, index) => `"${index}":1`).join(',')
    expect(reasonOf(`{${many}}`)).toBe('read')
    expect(reasonOf(`{${many},"5":1}`)).toBe('duplicate_key')
  })
})
