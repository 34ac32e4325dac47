import type { Context } from '#core/context.ts'
import { defineJob } from '#jobs/job.ts'
import type { Schedule } from '#jobs/schedule.ts'
import { measureLevels } from './measure.ts'
import { trimUsageEvents } from './retention.ts'

/** What the clock does for the usage of orgs. */
export const usageJobs = [
  defineJob<Context, null>({
    kind: 'usage.measure',
    parse: () => null,
    run: async (ctx, { signal }) => await measureLevels(ctx, signal),
  }),
  defineJob<Context, null>({
    kind: 'usage.trim',
    parse: () => null,
    run: async (ctx, { signal }) => void (await trimUsageEvents(ctx, signal)),
  }),
]

export const usageSchedules: readonly Schedule[] = [
  { name: 'usage.measure', cron: '7 0 * * *', kind: 'usage.measure' },
  { name: 'usage.trim', cron: '53 3 * * *', kind: 'usage.trim' },
]
