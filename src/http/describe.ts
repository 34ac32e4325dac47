import type { TSchema } from '@sinclair/typebox'

/** JSON, unless `mediaType` names another. */
type Answer = Readonly<{ description: string; schema?: TSchema; example?: unknown; mediaType?: string }>

type Description = Readonly<{
  tag: string
  summary: string
  description?: string
  answers: Readonly<Record<number, Answer>>
  /** The codes this route adds to the standing ones (401, 403, 413 …), by status. */
  errors?: Readonly<Record<number, readonly string[]>>
  requestExample?: unknown
  /** Anyone may call, and a bearer token is looked at when there is one. */
  isBearerOptional?: true
}>

/**
 * The OpenAPI operation of a route. Answers are described here and not in Elysia's `response`, which would check every one
 * of them while serving: the contract test does that.
 */
export function describe(operation: Description) {
  const { tag, summary, description, answers, errors, requestExample, isBearerOptional } = operation
  const documented = Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)])
  return {
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    responses: Object.fromEntries(documented),
    'x-errors': errors ?? {},
    ...(requestExample !== undefined && { 'x-request-example': requestExample }),
    ...(isBearerOptional && { 'x-bearer-optional': true }),
  }
}

function responseOf(answer: Answer) {
  const { description, schema, example, mediaType = 'application/json' } = answer
  if (!schema) return { description }
  return { description, content: { [mediaType]: { schema, ...(example !== undefined && { example }) } } }
}
