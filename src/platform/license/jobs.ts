import type { Context } from '#core/context.ts'
import { defineJob } from '#jobs/job.ts'

/** Writes down how late it has been, so that a clock that is set back brings no licence back. */
export const licenseJobs = [
  defineJob<Context, undefined>({
    kind: 'license.keep-time',
    parse: () => undefined,
    run: async (ctx) => ctx.license.keepTime(),
  }),
]

export const licenseSchedules = [{ name: 'license.keep-time', cron: '41 * * * *', kind: 'license.keep-time' }]
