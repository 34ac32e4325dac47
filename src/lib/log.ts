import type { Clock } from './clock.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
export type LogFacts = Readonly<Record<string, unknown>>

/** Facts are written as members of the line; an error among them is reduced to what may be shown. */
export type Log = Readonly<Record<LogLevel, (message: string, facts?: LogFacts) => void>>

const ERROR_MESSAGE_CHARS_MAX = 300
const SECRET_NAME = /password|secret|token|authorization|cookie/i
const REDACTED = '[redacted]'
const HEAD = new Set(['time', 'level', 'message'])

/** A log that hands `write` one JSON line (without its line end) for each message at `level` or above. */
export function createLog(options: { level: LogLevel; write: (line: string) => void; clock: Clock }): Log {
  const { level, write, clock } = options
  const threshold = LOG_LEVELS.indexOf(level)

  function at(own: LogLevel) {
    if (LOG_LEVELS.indexOf(own) < threshold) return () => {}
    return (message: string, facts: LogFacts = {}) => {
      const line: Record<string, unknown> = { time: clock.now().toISOString(), level: own, message }
      for (const name in facts) {
        // So that no fact can pose as the head of the line.
        if (!HEAD.has(name)) line[name] = presentable(name, facts[name])
      }
      write(JSON.stringify(line))
    }
  }

  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/**
 * Gathers the lines of one turn of the event loop and hands them to `write` as one text: under load that is one system
 * call for many requests. What is left is written when the process ends; only what kills it at once loses a turn.
 */
export function gatherLines(write: (text: string) => void): (line: string) => void {
  let gathered = ''

  function flush() {
    const text = gathered
    gathered = ''
    if (text !== '') write(text)
  }

  process.on('exit', flush)
  return (line) => {
    if (gathered === '') setImmediate(flush)
    gathered += `${line}\n`
  }
}

/** What a log line may say of a thrown value: its name, code and first line; of a failed query only the engine's code. */
export function reduceError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: typeof error === 'string' ? firstLine(error) : typeof error }
  const cause = error.cause instanceof Error ? error.cause : undefined
  const code = codeOf(error)
  // The message of drizzle's error holds the query's parameters, that of PostgreSQL's the value it refused.
  if (isQueryError(error)) return { ...code, message: 'A database query failed.' }
  const isCauseShown = cause !== undefined && !isQueryError(cause)
  return {
    name: error.name,
    ...code,
    message: firstLine(error.message),
    ...(isCauseShown ? { cause: firstLine(cause.message) } : {}),
  }
}

function isQueryError(error: Error): boolean {
  return 'params' in error || 'parameters' in error || 'severity' in error
}

/** Its own code, or that of the nearest cause that has one. */
function codeOf(error: Error): Record<string, unknown> {
  const facts: Record<string, unknown> = {}
  if ('code' in error && typeof error.code === 'string') facts.code = error.code
  if ('errno' in error) facts.errno = error.errno
  if (Object.keys(facts).length > 0 || !(error.cause instanceof Error)) return facts
  return codeOf(error.cause)
}

function firstLine(text: string): string {
  return (text.split(/[\r\n]/, 1)[0] ?? '').slice(0, ERROR_MESSAGE_CHARS_MAX)
}

function presentable(name: string, value: unknown): unknown {
  if (typeof value === 'string') return SECRET_NAME.test(name) ? REDACTED : value
  if (typeof value === 'bigint') return Number(value)
  return value instanceof Error ? reduceError(value) : value
}
