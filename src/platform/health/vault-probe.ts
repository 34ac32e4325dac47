import { countSealedValues, type SealedColumn, type SealedCount } from '#core/vault/sealed-values.ts'
import { MINUTE_MS, SECOND_MS } from '#lib/clock.ts'
import type { Probe } from './probing.ts'
import type { Reading } from './reading.ts'

/** Whether everything that is sealed opens. It reads every sealed value of the install, so one look serves for ten minutes. */
export function vaultProbe(columns: readonly SealedColumn[]): Probe {
  return {
    component: 'vault',
    timeoutMs: 10 * SECOND_MS,
    freshMs: 10 * MINUTE_MS,
    check: async ({ db, vault }) => judgeSealed(await countSealedValues(db, vault, columns)),
  }
}

/** One value that does not open is one too many. */
export function judgeSealed(counts: readonly SealedCount[]): Reading {
  const readable = counts.reduce((sum, count) => sum + count.readable, 0)
  const unreadable = counts.reduce((sum, count) => sum + count.unreadable, 0)
  const meta = { sealed_values: readable + unreadable, unreadable }
  if (unreadable === 0) return { status: 'ok', message: 'Every sealed value opens.', meta }
  const noun = unreadable === 1 ? 'sealed value does' : 'sealed values do'
  return { status: 'error', message: `${unreadable} ${noun} not open.`, meta }
}
