import { type ParseArgsConfig, parseArgs } from 'node:util'

/** The command line does not make sense. The message is one sentence; the process ends with 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}

/**
 * `parseArgs` of `node:util`, strict. `--help` is answered before a command sees its arguments.
 * Throws `UsageError` with one sentence for an unknown option, a missing value or a stray word.
 */
export function parseArguments<const T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (error) {
    if (isParseFault(error)) throw new UsageError(firstSentence(error.message))
    throw error
  }
}

/** The whole number in `text`. Throws `UsageError` naming the option when it is none or out of range. */
export function integerArgument(option: string, text: string, min: number, max: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= min && number <= max)) throw new UsageError(`${option} takes a whole number from ${min} to ${max}.`)
  return number
}

function isParseFault(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')
}

function firstSentence(message: string): string {
  const sentence = message.split(/\.\s|\n/)[0] ?? message
  return sentence.endsWith('.') ? sentence : `${sentence}.`
}
