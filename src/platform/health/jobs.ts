import type { Context } from '#core/context.ts'
import { defineJob, type Job } from '#jobs/job.ts'
import { HEARTBEAT } from './heartbeat.ts'
import { type News, parseNews, TELL_KIND } from './news.ts'
import { sampleOrgs } from './org-sampling.ts'
import { rollUpHistory } from './roll-up.ts'
import { sampleInstall } from './sampling.ts'
import { tellNews } from './telling.ts'

const ROLL_UP_KIND = 'health.roll_up'

/** Tried once: the next minute looks again. */
const sampleJob = defineJob<Context, undefined>({
  kind: HEARTBEAT,
  attemptsMax: 1,
  parse: () => undefined,
  async run(ctx, { signal }) {
    await sampleInstall(ctx)
    await sampleOrgs(ctx, signal)
  },
})

const rollUpJob = defineJob<Context, undefined>({
  kind: ROLL_UP_KIND,
  parse: () => undefined,
  run: (ctx, { signal }) => rollUpHistory(ctx, signal),
})

const tellJob = defineJob<Context, News>({
  kind: TELL_KIND,
  parse: parseNews,
  run: (ctx, { id, orgId, payload, signal }) => tellNews(ctx, orgId, payload, { jobId: id, signal }),
})

export const healthJobs: readonly Job<Context>[] = [sampleJob, rollUpJob, tellJob]

export const healthSchedules = [
  { name: HEARTBEAT, cron: '* * * * *', kind: HEARTBEAT },
  { name: ROLL_UP_KIND, cron: '7 * * * *', kind: ROLL_UP_KIND },
]
