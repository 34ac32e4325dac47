import { roomAt } from '#host/disk.ts'
import { SECOND_MS } from '#lib/clock.ts'
import { FRESH_MS, type Probe } from './probing.ts'
import type { Reading } from './reading.ts'

const WARN_BELOW_PERCENT = 15
const ERROR_BELOW_PERCENT = 5

/** The volume of `DATA_DIR`, as the node sees it that looks. */
export const diskProbe: Probe = {
  component: 'disk',
  timeoutMs: 3 * SECOND_MS,
  freshMs: FRESH_MS,
  check: async ({ config }) => judgeRoom(await roomAt(config.dataDir)),
}

/** How much of a volume is free. */
export function judgeRoom({ freeBytes, totalBytes }: Readonly<{ freeBytes: number; totalBytes: number }>): Reading {
  const percent = totalBytes === 0 ? 0 : (100 * freeBytes) / totalBytes
  const limits = { warn_below_percent: WARN_BELOW_PERCENT, error_below_percent: ERROR_BELOW_PERCENT }
  // Never rounded up: 4.96 is below five.
  const free = Math.floor(percent * 10) / 10
  return {
    status: percent < ERROR_BELOW_PERCENT ? 'error' : percent < WARN_BELOW_PERCENT ? 'warn' : 'ok',
    message: `${free} % is free on the volume of the data.`,
    meta: { free_percent: free, free_bytes: freeBytes, total_bytes: totalBytes, ...limits },
  }
}
