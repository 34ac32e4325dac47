import { UsageError } from '#cli/arguments.ts'
import { reduceError } from '#lib/log.ts'

/** What went wrong, on one line and without a secret: no stack, no statement, no parameter. */
export function failureLine(error: unknown): string {
  const { message, code, cause } = reduceError(error)
  const origin = [code, cause].filter((part) => part !== undefined && !String(message).includes(String(part)))
  return `honeyframe: ${message}${origin.length > 0 ? ` (${origin.join(', ')})` : ''}`
}

/** 2 when the command line was wrong, else 1. */
export function failureExitCode(error: unknown): number {
  return error instanceof UsageError ? 2 : 1
}
