import type { Context } from '#core/context.ts'
import type { Database } from '#db/database.ts'

/** How long an answer waits for a stamp. On SQLite a restore in its transaction holds it up for longer. */
const STAMP_WAIT_MS = 500

/** What is being written, by what it is of. */
const unwritten = new WeakMap<Database, Set<string>>()

/**
 * Notes that somebody was here, in one statement, and waits for that a moment only: nobody who reads is held up by who writes.
 * Nothing while the same stamp (`of`) is on its way. One that fails is logged.
 */
export async function stamp(ctx: Context, of: string, write: () => Promise<unknown>): Promise<void> {
  const stamps = stampsOf(ctx.db)
  if (stamps.has(of)) return
  stamps.add(of)
  const written = new AbortController()
  const writing = write()
    .catch((error: unknown) => ctx.log.warn('a stamp was not written', { of, error }))
    .finally(() => {
      stamps.delete(of)
      written.abort()
    })
  await Promise.race([writing, ctx.clock.sleep(STAMP_WAIT_MS, written.signal)])
}

function stampsOf(db: Database): Set<string> {
  const found = unwritten.get(db) ?? new Set()
  unwritten.set(db, found)
  return found
}
