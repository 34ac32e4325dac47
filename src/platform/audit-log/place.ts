import { AppError } from '#core/errors.ts'
import { dateOfMs } from '#lib/clock.ts'

/** Where a page of the log begins: after this event, in the order of time and then of id. */
export type Place = Readonly<{ at: Date; id: number }>

const CURSOR = /^(\d{1,15})\.([1-9]\d{0,15})$/
/** The last instant that a date can hold (ECMA-262 §21.4.1.1). */
const MS_MAX = 8.64e15

/** The opaque cursor of the place after an event. */
export function cursorAfter({ at, id }: Place): string {
  return Buffer.from(`${at.getTime()}.${id}`).toString('base64url')
}

/** The place a cursor stands for; `invalid_query` (invalid) when it is none of ours. */
export function placeOf(cursor: string): Place {
  const [, ms, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  if (ms === undefined || Number(ms) > MS_MAX || !Number.isSafeInteger(Number(id))) {
    throw new AppError('invalid', 'invalid_query', 'The cursor is not one of ours.', { field: 'cursor' })
  }
  return { at: dateOfMs(Number(ms)), id: Number(id) }
}
