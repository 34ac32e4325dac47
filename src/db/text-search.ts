import { or, type SQL, type SQLWrapper, sql } from 'drizzle-orm'

/**
 * Whether one of the columns contains a text, without regard to case: as typed, or in lower case (SQLite's `lower` knows no
 * letters but A to Z). Undefined, which is no condition, for a text of spaces.
 */
export function contains(search: string, ...columns: readonly SQLWrapper[]): SQL | undefined {
  const text = search.replaceAll('\0', '').trim()
  if (text === '') return undefined
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  const lowered = pattern.toLowerCase()
  const tests = columns.flatMap((column) => [
    sql`${column} like ${pattern} escape '\\'`,
    sql`lower(${column}) like ${lowered} escape '\\'`,
  ])
  return or(...tests)
}
