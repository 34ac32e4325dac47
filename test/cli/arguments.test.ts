import { describe, expect, test } from 'bun:test'
import { integerArgument, parseArguments, UsageError } from '#cli/arguments.ts'

const OPTIONS = { port: { type: 'string' }, force: { type: 'boolean' } } as const

describe('the command line', () => {
  test('gives typed values', () => {
    const { values } = parseArguments({ args: ['--port', '1', '--force'], options: OPTIONS })
    expect({ ...values }).toEqual({ port: '1', force: true })
  })

  const wrong: [what: string, args: string[], message: string][] = [
    ['an unknown option', ['--prot', '1'], "Unknown option '--prot'."],
    ['a stray word', ['now'], "Unexpected argument 'now'."],
    ['a missing value', ['--port'], "Option '--port <value>' argument missing."],
    ['an option where a value belongs', ['--port', '--force'], "Option '--port' argument is ambiguous."],
    ['a value too many', ['--force=1'], "Option '--force' does not take an argument."],
  ]

  for (const [what, args, message] of wrong) {
    test(`with ${what} is refused in one sentence`, () => {
      expect(() => parseArguments({ args, options: OPTIONS })).toThrow(new UsageError(message))
    })
  }

  test('takes whole numbers in their range and nothing else', () => {
    expect(integerArgument('--port', '65535', 1, 65_535)).toBe(65_535)
    for (const text of ['0', '65536', '-1', '1.5', '1e3', '0x10', ' 1', '', '９', '99999999999']) {
      expect(() => integerArgument('--port', text, 1, 65_535)).toThrow(UsageError)
    }
  })
})
