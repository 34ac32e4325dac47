import type { SQLQueryBindings } from 'bun:sqlite'
import { DrizzleQueryError, fillPlaceholders, type Logger } from 'drizzle-orm'
import { SQLitePreparedQuery } from 'drizzle-orm/sqlite-core'
import { asSqlite } from './engine.ts'

type Reader = Readonly<{
  logger: Logger
  isRead: (sql: string) => boolean
  rows: (sql: string, params: SQLQueryBindings[]) => unknown[][]
}>

/**
 * A prepared read, executed as drizzle does: the same statement, logger, decoders and errors, but without the promises that
 * its proxy driver chains for each one, which cost more than SQLite itself. What is no read is returned as it is.
 */
export function quickRead<Q>(query: Q, { logger, isRead, rows }: Reader): Q {
  if (!(query instanceof SQLitePreparedQuery)) return query
  const made = query
  const { sql, params } = made.getQuery()
  if (!isRead(sql)) return query

  async function execute(values: Record<string, unknown> = {}): Promise<unknown> {
    const filled = asSqlite<SQLQueryBindings[]>(fillPlaceholders(params, values))
    logger.logQuery(sql, filled)
    return made.mapAllResult(read(filled))
  }

  function read(filled: SQLQueryBindings[]): unknown[][] {
    try {
      return rows(sql, filled)
    } catch (error) {
      throw new DrizzleQueryError(sql, filled, error instanceof Error ? error : undefined)
    }
  }

  return asSqlite<Q>({ execute })
}
