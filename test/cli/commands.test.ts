import { describe, expect, test } from 'bun:test'
import { UsageError } from '#cli/arguments.ts'
import { failureExitCode, failureLine } from '#cli/failure.ts'
import { ConfigError } from '#config/parse.ts'
import { AppError } from '#core/errors.ts'
import { localRunner } from '#lib/exec.ts'
import { PROGRAM } from '#test/support/program.ts'

const VERBS = ['serve', 'install', 'migrate', 'doctor', 'secrets', 'license', 'user', 'pat', 'version']

function honeyframe(...argv: string[]) {
  return localRunner.run([...PROGRAM, ...argv], { timeoutMs: 20_000 })
}

describe('the program', () => {
  test('without a verb shows every verb and ends with 2', async () => {
    const { code, stdout } = await honeyframe()
    expect(code).toBe(2)
    for (const verb of VERBS) expect(stdout).toContain(`\n  ${verb}`)
  })

  test('asked for help shows the same and ends with 0', async () => {
    const shown = await Promise.all([honeyframe(), honeyframe('--help'), honeyframe('-h'), honeyframe('help')])
    expect(new Set(shown.map(({ stdout }) => stdout)).size).toBe(1)
    expect(shown.slice(1).map(({ code }) => code)).toEqual([0, 0, 0])
  })

  for (const verb of VERBS) {
    test(`${verb} --help says how to use it, ends with 0 and does nothing`, async () => {
      const { code, stdout, stderr } = await honeyframe(verb, '--help')
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toStartWith(`Usage: honeyframe ${verb}`)
    })

    test(`${verb} with an unknown option ends with 2 and one sentence`, async () => {
      const { code, stderr } = await honeyframe(verb, '--no-such-option')
      expect(code).toBe(2)
      expect(stderr).toMatch(/^honeyframe: [^\n]+\n$/)
    })
  }

  test('with a misspelt verb suggests the right one and ends with 2', async () => {
    const { code, stderr } = await honeyframe('verzion')
    expect(code).toBe(2)
    expect(stderr).toBe('honeyframe: There is no verb "verzion"; did you mean "version"?\n')
  })

  test('with a word that is no verb suggests nothing, whatever objects are made of', async () => {
    for (const word of ['sing', 'constructor', '__proto__']) {
      const { code, stderr } = await honeyframe(word)
      expect({ code, stderr }).toEqual({ code: 2, stderr: `honeyframe: There is no verb "${word}".\n` })
    }
  })

  test('--version is the verb version', async () => {
    expect(await honeyframe('--version')).toEqual(await honeyframe('version'))
  })
})

describe('a failure', () => {
  test('is one line without a stack', () => {
    expect(failureLine(new AppError('conflict', 'taken', 'The name is taken.'))).toBe('honeyframe: The name is taken.')
    expect(failureLine(new ConfigError('PORT', 'must be a number.'))).toBe('honeyframe: PORT must be a number.')
    expect(failureLine(new Error('first\nsecond'))).toBe('honeyframe: first')
    expect(failureLine(Object.assign(new Error('no'), { code: 'EACCES' }))).toBe('honeyframe: no (EACCES)')
    expect(failureLine('words')).toBe('honeyframe: words')
  })

  test('of a statement shows the engine’s code and never a parameter', () => {
    const cause = Object.assign(new Error('duplicate hunter2'), { code: '23505' })
    const error = Object.assign(new Error('Failed query: … params: hunter2', { cause }), { query: '', params: [] })
    expect(failureLine(error)).toBe('honeyframe: A database query failed. (23505)')
  })

  test('is 2 only when the command line was wrong', () => {
    expect(failureExitCode(new UsageError('x'))).toBe(2)
    expect(failureExitCode(new AppError('internal', 'x', 'x'))).toBe(1)
    expect(failureExitCode(undefined)).toBe(1)
  })
})
