/** What went wrong, in the program's own terms. One place in `http/` turns a kind into a status and a medium. */
export type ErrorKind =
  | 'invalid'
  | 'contradiction'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'gone'
  | 'too_large'
  | 'limited'
  | 'upstream'
  | 'internal'

/** Extra members of the error's body, such as `{ field: 'email' }` or `{ retry_after: 30 }` (seconds). */
export type ErrorFacts = Readonly<Record<string, unknown>>

/** A refusal that may be shown: `code` is for programs, `message` is one sentence for people and holds no secret. */
export class AppError extends Error {
  readonly kind: ErrorKind
  readonly code: string
  readonly facts: ErrorFacts

  constructor(kind: ErrorKind, code: string, message: string, facts: ErrorFacts = {}) {
    super(message)
    this.name = 'AppError'
    this.kind = kind
    this.code = code
    this.facts = facts
  }
}
