import { AppError, type ErrorKind } from '#core/errors.ts'
import { retryHeader, STATUS } from '#http/errors.ts'

/** What a form shows beside its fields: reasons by field name, or one for the whole form. */
export type FormRefusal = Readonly<{
  status: number
  fault: string
  field: string | undefined
  faults: Record<string, string>
  /** For the answer that shows the form again: `Retry-After` where waiting helps. */
  headers: Record<string, string>
}>

/** A refusal that belongs into the form that was sent. Any other kind is thrown on, to the error page. */
export function refusalFor(error: unknown, kinds: readonly ErrorKind[]): FormRefusal {
  if (!(error instanceof AppError) || !kinds.includes(error.kind)) throw error
  const { field } = error.facts
  const named = typeof field === 'string' ? field : undefined
  return {
    status: STATUS[error.kind],
    fault: error.message,
    field: named,
    faults: named === undefined ? {} : { [named]: error.message },
    headers: retryHeader(error),
  }
}
