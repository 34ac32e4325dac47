import { Cron } from 'croner'

/** The first instant after `after` that a five-field cron pattern names, in UTC. Throws on a pattern that names none. */
export function nextCronTime(pattern: string, after: Date): Date {
  const next = new Cron(pattern, { timezone: 'UTC', mode: '5-part' }).nextRun(after)
  if (!next) throw new Error(`the cron pattern "${pattern}" names no time`)
  return next
}
