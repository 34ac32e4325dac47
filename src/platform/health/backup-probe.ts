import { DAY_MS, HOUR_MS } from '#lib/clock.ts'
import { relativeTime } from '#lib/format.ts'
import type { OrgFacts } from './org-facts.ts'
import type { OrgProbe } from './probing.ts'
import type { Reading } from './reading.ts'

const UNPROVEN_MS_MAX = 2 * DAY_MS

/** Whether a backup was proven to be restorable within 48 hours. */
export const backupProbe: OrgProbe = {
  component: 'backup',
  judge: ({ clock }, facts) => judgeBackups(facts, clock.now()),
}

/** An org, and its first backup, have 48 hours before anything is missed. */
export function judgeBackups(
  { createdAt, provenAt, firstBackupAt }: Pick<OrgFacts, 'createdAt' | 'provenAt' | 'firstBackupAt'>,
  now: Date,
): Reading {
  const sinceMs = now.getTime() - (provenAt ?? firstBackupAt ?? createdAt).getTime()
  const status = sinceMs > UNPROVEN_MS_MAX ? 'warn' : 'ok'
  const meta = {
    proven_age_hours: provenAt && Math.floor(sinceMs / HOUR_MS),
    warn_after_hours: UNPROVEN_MS_MAX / HOUR_MS,
  }
  if (provenAt) return { status, message: `Last proven to be restorable ${relativeTime(provenAt, now)}.`, meta }
  if (firstBackupAt) return { status, message: 'No backup has been proven to be restorable yet.', meta }
  return { status, message: 'No backup has been made yet.', meta }
}
