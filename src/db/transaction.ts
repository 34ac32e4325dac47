import { AsyncLocalStorage } from 'node:async_hooks'
import type { Logger } from 'drizzle-orm'
import type { Log } from '#lib/log.ts'

/** Marks "inside this transaction" for everything its work calls or leaves behind. */
export type Marker = { isOpen: boolean; failure?: unknown; readonly afterCommit: (() => void)[] }

/** Where a transaction keeps its marker, and where prepared queries are built and kept. */
export const MARKER: unique symbol = Symbol('marker')
export const STATEMENTS: unique symbol = Symbol('statements')
export const RAW: unique symbol = Symbol('raw')

const inside = new AsyncLocalStorage<Marker>()

export function newMarker(): Marker {
  return { isOpen: true, afterCommit: [] }
}

/**
 * Runs `work` inside a transaction's marker, between the engine's own begin and commit. The marker is closed whatever
 * happens: a promise that was left behind would write into a stranger's transaction.
 */
export async function runMarked<T>(marker: Marker, work: () => Promise<T>): Promise<T> {
  try {
    return await inside.run(marker, work)
  } finally {
    marker.isOpen = false
  }
}

/** Refuses the root database to code inside a transaction, and to code that a finished transaction left behind. */
export function assertOutside(): void {
  const marker = inside.getStore()
  if (!marker) return
  throw new Error(
    marker.isOpen
      ? 'inside a transaction only its own tx may be used, not the database'
      : 'a finished transaction left work behind that still uses the database',
  )
}

/** PostgreSQL commits nothing after a failed statement, caught or not. This is how SQLite remembers one. */
export function noteFailure(error: unknown): void {
  const marker = inside.getStore()
  if (marker) marker.failure ??= error
}

/** After the commit nothing may fail any more: what a follower throws is logged. */
export function runFollowers(marker: Marker, log: Log | undefined): void {
  for (const follow of marker.afterCommit) {
    try {
      follow()
    } catch (error) {
      log?.error('a follower of a commit failed', { error })
    }
  }
}

export function assertOpen(marker: Marker): void {
  if (!marker.isOpen) throw new Error('this transaction has ended')
}

/** Sees every statement just before it is sent: first a check that may throw, then whoever counts statements. */
export function watcher(check: () => void, onStatement: ((sql: string) => void) | undefined): Logger {
  return {
    logQuery(query) {
      check()
      onStatement?.(query)
    },
  }
}
