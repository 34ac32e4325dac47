import { describe, expect, test } from 'bun:test'
import { canonicalBytes } from '#core/license/canonical.ts'

const canonical = (text: string) => Buffer.from(canonicalBytes(JSON.parse(text))).toString('utf8')

/** RFC 8785 appendix B: the bits of a double and its text. */
const NUMBERS: [bits: string, text: string][] = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
]

describe('the canonical form', () => {
  test('of the example in RFC 8785 §3.2 has its bytes', () => {
    const text = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`
    expect(Buffer.from(canonicalBytes(JSON.parse(text))).toString('hex')).toBe(
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e33333333333333' +
        '2c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d',
    )
  })

  test('sorts keys by their UTF-16 units, as in RFC 8785 §3.2.3', () => {
    const text = String.raw`{"\u20ac":"euro","\r":"return","\ufb33":"dalet","1":"one","\ud83d\ude00":"face","\u0080":"control","\u00f6":"o"}`
    const keys = Object.values(JSON.parse(canonical(text).replace('"1"', '"_1"')))
    expect(keys).toEqual(['return', 'one', 'control', 'o', 'euro', 'face', 'dalet'])
  })

  for (const [bits, text] of NUMBERS) {
    test(`of the double ${bits} is ${text}`, () => {
      expect(canonical(`[${Buffer.from(bits, 'hex').readDoubleBE()}]`)).toBe(`[${text}]`)
    })
  }

  test('of a number that is none is refused', () => {
    for (const number of [Number.NaN, Number.POSITIVE_INFINITY]) expect(() => canonicalBytes([number])).toThrow()
  })

  test('is the same however a value was written, and another for another value', () => {
    const forms = ['{"b":1,"a":[10,"ö"]}', '{ "a" : [1e1 , "\\u00f6"],\r\n"b": 1.0 }']
    expect(new Set(forms.map(canonical))).toEqual(new Set(['{"a":[10,"ö"],"b":1}']))
    expect(canonical('{"a":[10,"o\\u0308"],"b":1}')).not.toBe('{"a":[10,"ö"],"b":1}')
    expect(canonical('{"a":["ö",10],"b":1}')).not.toBe('{"a":[10,"ö"],"b":1}')
  })

  test('keeps keys that objects have by birth, and adds no space anywhere', () => {
    expect(canonical('{"toString":1,"__proto__":{"a":2},"toJSON":"x"}')).toBe(
      '{"__proto__":{"a":2},"toJSON":"x","toString":1}',
    )
  })
})
