import type { Install } from './install.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const COMPONENTS = ['db', 'scheduler', 'queue', 'disk', 'vault', 'dbt'] as const
const ORG_COMPONENTS = ['smtp', 'llm', 'backup'] as const
/** Every so many stretches one is bad: a history without a flaw is a single block. */
const BAD_EVERY = 17
const ROWS_AT_ONCE = 500

/** What 90 days leave behind: samples of a day, hours of a month, days, and some flips a week of the org's own parts. */
export async function addHealth(install: Install): Promise<void> {
  const now = Date.now()
  const rows: string[] = []
  for (const component of COMPONENTS) {
    for (let ago = DAY_MS; ago > 0; ago -= 5 * MINUTE_MS) rows.push(rowOf(install, component, 'sample', now - ago))
    for (let ago = 30 * DAY_MS; ago > DAY_MS; ago -= HOUR_MS)
      rows.push(rowOf(install, component, 'hour', floor(now - ago, HOUR_MS)))
    for (let ago = 92 * DAY_MS; ago > 31 * DAY_MS; ago -= DAY_MS)
      rows.push(rowOf(install, component, 'day', floor(now - ago, DAY_MS)))
  }
  for (const component of ORG_COMPONENTS) {
    for (let ago = 91 * DAY_MS; ago > 0; ago -= 2 * DAY_MS) rows.push(rowOf(install, component, 'sample', now - ago, 1))
  }
  const table = 'health_samples (org_id, component, span, at, status, message, latency_ms, ok_ms, warn_ms, error_ms)'
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    await install.sql(`insert into ${table} values ${rows.slice(from, from + ROWS_AT_ONCE).join(', ')}`)
  }
}

let made = 0

function rowOf(
  { engine }: Install,
  component: string,
  span: 'sample' | 'hour' | 'day',
  ms: number,
  org?: number,
): string {
  const isBad = ++made % BAD_EVERY === 0
  const at = engine === 'postgres' ? `to_timestamp(${ms / 1_000})` : String(ms)
  const length = span === 'hour' ? HOUR_MS : DAY_MS
  const durations =
    span === 'sample' ? 'null, null, null' : isBad ? `${length / 2}, 0, ${length / 2}` : `${length}, 0, 0`
  const status = isBad ? 'error' : 'ok'
  return `(${org ?? 'null'}, '${component}', '${span}', ${at}, '${status}', 'what it said', 3, ${durations})`
}

function floor(ms: number, unitMs: number): number {
  return Math.floor(ms / unitMs) * unitMs
}
