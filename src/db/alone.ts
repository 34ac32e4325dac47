import { AppError } from '#core/errors.ts'
import type { Sql } from './own-connection.ts'

const LOOKS_MAX = 10
const LOOK_PAUSE_S = 0.1
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
  const message = 'Another process has the database open: stop every node first, and see that none starts meanwhile.'
  throw new AppError('conflict', 'database_in_use', message)
}
