import { AppError } from '#core/errors.ts'
import type { Sql } from './own-connection.ts'

const LOOKS_MAX = 10
const LOOK_PAUSE_S = 0.1
/** Any number will do, as long as every process takes the same. */
const LOAD_LOCK = 4_801_730_256
export const BUSY_LOADING = 'wait until it has ended, and try again'
const OTHERS = `select 1 from pg_stat_activity
  where datname = current_database() and application_name = 'honeyframe' and pid <> pg_backend_pid()`

/**
 * Throws `database_in_use` (conflict) when another Honeyframe is connected. A connection that has just been closed is still
 * listed for a moment.
 */
export async function assertAlone(own: Sql): Promise<void> {
  for (let look = 1; look <= LOOKS_MAX; look++) {
    const others = await own.unsafe(OTHERS)
    if (others.length === 0) return
    await own.unsafe(`select pg_stat_clear_snapshot(), pg_sleep(${LOOK_PAUSE_S})`)
  }
  throw databaseInUse('stop every node first, and see that none starts meanwhile')
}

/** Throws `database_in_use` (conflict) when another process loads a whole database into this one: it may be half of it by now. */
export async function assertNobodyLoads(own: Sql): Promise<void> {
  const [row] = await own.unsafe<{ free: boolean }[]>(`select pg_try_advisory_xact_lock(${LOAD_LOCK}) as free`)
  if (!row?.free) throw databaseInUse(BUSY_LOADING)
}

export function databaseInUse(advice: string): AppError {
  return new AppError('conflict', 'database_in_use', `Another process has the database open: ${advice}.`)
}
