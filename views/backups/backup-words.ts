import { plainBytes } from '#lib/bytes.ts'
import { plural } from '#lib/format.ts'

export type BackupKind = 'manual' | 'scheduled' | 'safety'
export type BackupState = 'running' | 'complete' | 'failed'

/** Where a backup comes from: `By ada@acme.test`, `By the schedule`. */
export function originOf({ kind, by }: Readonly<{ kind: BackupKind; by: string | null }>): string {
  if (kind === 'scheduled') return 'Made by the schedule'
  const who = by ?? 'the operator'
  return kind === 'safety' ? `Saved before a restore by ${who}` : `Made by ${who}`
}

/** `1,204 rows`. */
export function rowsOf(rows: number): string {
  return plural(rows, 'row').replace(/^\d+/, grouped(rows))
}

export function grouped(count: number): string {
  return count.toLocaleString('en')
}

/** What there is in a backup: `1,204 rows, 82 kB`. */
export function sizeOf({ rows, bytes }: Readonly<{ rows: number; bytes: number }>): string {
  return `${rowsOf(rows)}, ${plainBytes(bytes)}`
}
