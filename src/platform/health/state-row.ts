import { sql } from 'drizzle-orm'
import type { Tx } from '#db/database.ts'
import type { Component } from './component.ts'
import { healthSamples, healthStates } from './tables.ts'

export type StateRow = typeof healthStates.$inferInsert
export type SampleRow = typeof healthSamples.$inferInsert

/** Rows of one statement: a thousand would hold up everybody else on SQLite. */
const ROWS_AT_ONCE_MAX = 150

export function stateKey(orgId: number | null, component: Component): string {
  return `${orgId ?? 0}:${component}`
}

/** Writes states over what they were, and samples after them. */
export async function saveStates(tx: Tx, states: readonly StateRow[], samples: readonly SampleRow[]): Promise<void> {
  for (const rows of portionsOf(states)) {
    await tx
      .insert(healthStates)
      .values([...rows])
      .onConflictDoUpdate({
        target: healthStates.key,
        set: {
          ...{ status: sql`excluded.status`, since: sql`excluded.since`, checkedAt: sql`excluded.checked_at` },
          ...{ savedAt: sql`excluded.saved_at`, badInARow: sql`excluded.bad_in_a_row` },
          alertedAt: sql`excluded.alerted_at`,
        },
      })
  }
  for (const rows of portionsOf(samples)) await tx.insert(healthSamples).values([...rows])
}

function portionsOf<T>(rows: readonly T[]): T[][] {
  const portions: T[][] = []
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE_MAX)
    portions.push(rows.slice(from, from + ROWS_AT_ONCE_MAX))
  return portions
}
