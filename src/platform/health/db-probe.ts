import { databaseBytes } from '#db/condition.ts'
import { SECOND_MS } from '#lib/clock.ts'
import { FRESH_MS, type Probe } from './probing.ts'

const SLOW_MS = SECOND_MS

/** `SELECT 1` there and back. */
export const dbProbe: Probe = {
  component: 'db',
  timeoutMs: 3 * SECOND_MS,
  freshMs: FRESH_MS,
  async check({ db }) {
    const startedAt = performance.now()
    await db.ping()
    const isSlow = performance.now() - startedAt > SLOW_MS
    const meta = { engine: db.engine === 'postgres' ? 'PostgreSQL' : 'SQLite', size_bytes: await databaseBytes(db) }
    if (isSlow) return { status: 'warn', message: 'SELECT 1 was answered late.', meta }
    return { status: 'ok', message: 'SELECT 1 was answered.', meta }
  },
}
