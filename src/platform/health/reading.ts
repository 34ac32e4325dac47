/** From good to bad. */
export const STATUSES = ['ok', 'warn', 'error'] as const
export type Status = (typeof STATUSES)[number]

export type Meta = Readonly<Record<string, string | number | boolean | null>>

/** What a probe found. `message` is a sentence; `meta` holds facts with their unit in the name. Neither tells a secret, a path or a host. */
export type Reading = Readonly<{ status: Status; message: string; meta: Meta }>

export type Checked = Reading & Readonly<{ latencyMs: number; checkedAt: Date }>

/** The worst of them; `ok` of none. */
export function worstOf(statuses: readonly Status[]): Status {
  const at = Math.max(0, ...statuses.map((status) => STATUSES.indexOf(status)))
  return STATUSES[at] ?? 'ok'
}

/** A status by how far a number has gone: below `warn` it is ok. */
export function statusAbove(value: number, limits: Readonly<{ warn: number; error: number }>): Status {
  if (value >= limits.error) return 'error'
  return value >= limits.warn ? 'warn' : 'ok'
}
