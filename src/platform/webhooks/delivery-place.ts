import { AppError } from '#core/errors.ts'
import { dateOfMs } from '#lib/clock.ts'

/** Where a page of deliveries begins: after this one, in the order of time and then of id. */
export type DeliveryPlace = Readonly<{ at: Date; id: string }>

const CURSOR = /^(\d{1,15})\.([\da-f-]{36})$/

/** The opaque cursor of the place after a delivery. */
export function cursorAfter({ createdAt, id }: Readonly<{ createdAt: Date; id: string }>): string {
  return Buffer.from(`${createdAt.getTime()}.${id}`).toString('base64url')
}

/** The place a cursor stands for; `invalid_query` (invalid) when it is none of ours. */
export function placeOf(cursor: string): DeliveryPlace {
  const [, ms, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  if (ms === undefined || id === undefined) {
    throw new AppError('invalid', 'invalid_query', 'The cursor is not one of ours.', { field: 'cursor' })
  }
  return { at: dateOfMs(Number(ms)), id }
}
