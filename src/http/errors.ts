import { ParseError, ValidationError } from 'elysia'
import { AppError, type ErrorKind } from '#core/errors.ts'
import { schemaFaultOf } from './schema-fault.ts'

export const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 422,
  contradiction: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  limited: 429,
  upstream: 502,
  internal: 500,
}

export const INTERNAL = new AppError(
  'internal',
  'internal',
  'Something went wrong on our side. Quote the request id when you report it.',
)
const NOTHING_HERE = new AppError('not_found', 'not_found', 'There is nothing at this address.')

/**
 * A refusal for whatever was thrown. Anything we did not mean becomes `internal`, of which nothing but the request id is told.
 */
export function refusalOf(error: unknown, elysiaCode: string | number): AppError {
  if (error instanceof AppError) return error
  // Elysia calls whatever is thrown before the body is read a parse error: ours, and a database that is gone.
  if (error instanceof ParseError) return error.cause === undefined ? unreadable() : refusalOf(error.cause, '')
  if (error instanceof ValidationError) return refusalOfValidation(error)
  if (elysiaCode === 'NOT_FOUND') return NOTHING_HERE
  return INTERNAL
}

/** The body of every error under `/api` (contract §2). */
export function errorBody(refusal: AppError, requestId: string) {
  // What says to the queue that trying again is no use is nobody else's.
  const { permanent: _, ...facts } = refusal.facts
  return { error: refusal.code, message: refusal.message, request_id: requestId, ...facts }
}

/** `Retry-After` (RFC 9110 §10.2.3, seconds), where a refusal passes by itself. */
export function retryHeader(refusal: AppError): Record<string, string> {
  const seconds = refusal.facts.retry_after
  return typeof seconds === 'number' ? { 'retry-after': String(seconds) } : {}
}

/** `Retry-After` and `WWW-Authenticate` (RFC 6750 §3), where they belong. */
export function errorHeaders(refusal: AppError): Record<string, string> {
  return {
    ...retryHeader(refusal),
    ...(refusal.kind === 'unauthenticated' && { 'www-authenticate': 'Bearer realm="honeyframe"' }),
  }
}

function unreadable(): AppError {
  return new AppError('contradiction', 'unreadable_json', 'The body could not be read.')
}

/** Elysia makes the id of a path a number first, and reports one that is out of range under this name. */
const OUT_OF_RANGE = 'property'

/** The submitted value is never repeated: it may be a password. An id that is no integer is an unknown id. */
function refusalOfValidation(error: ValidationError): AppError {
  if (error.type === 'params' || error.type === OUT_OF_RANGE) return NOTHING_HERE
  const { path, words } = schemaFaultOf(error.all[0])
  const isQuery = error.type === 'query'
  const place = path || (isQuery ? 'The query' : 'The body')
  const code = isQuery ? 'invalid_query' : 'invalid_body'
  return new AppError('invalid', code, `${place}: ${words}.`, { field: path })
}
