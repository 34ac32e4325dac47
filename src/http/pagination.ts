import { AppError } from '#core/errors.ts'
import { LIMIT_DEFAULT, LIMIT_MAX } from '#http/schemas.ts'
import { cursorOf, idOfCursor } from '#lib/cursor.ts'

/** What a list verb is asked for: one row more than is shown tells whether there is a next page. */
export function pageRequest(query: { limit?: unknown; cursor?: string | undefined }) {
  const limit = limitOf(query.limit)
  const before = query.cursor === undefined ? undefined : idOfCursor(query.cursor)
  if (query.cursor !== undefined && before === undefined) {
    throw new AppError('invalid', 'invalid_query', 'The cursor is not one of ours.', { field: 'cursor' })
  }
  return { limit: limit + 1, before, shown: limit }
}

function limitOf(text: unknown): number {
  if (text === undefined) return LIMIT_DEFAULT
  const limit = typeof text === 'string' && /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= LIMIT_MAX) return limit
  throw new AppError('invalid', 'invalid_query', `limit is a whole number from 1 to ${LIMIT_MAX}.`, { field: 'limit' })
}

/** The page of the rows that came back, and the cursor of the next. */
export function pageAnswer<R extends { id: number }>(rows: readonly R[], shown: number) {
  const items = rows.slice(0, shown)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > shown && last ? cursorOf(last.id) : null }
}
