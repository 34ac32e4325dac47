import type { Context } from '#core/context.ts'
import { defineJob } from '#jobs/job.ts'
import type { Schedule } from '#jobs/schedule.ts'
import { trimAuditLog } from './retention.ts'

/** What the clock does for the audit log. */
export const auditLogJobs = [
  defineJob<Context, null>({
    kind: 'audit.trim',
    parse: () => null,
    run: async (ctx, { id, signal }) => void (await trimAuditLog(ctx, { kind: 'job', jobId: id }, signal)),
  }),
]

export const auditLogSchedules: readonly Schedule[] = [{ name: 'audit.trim', cron: '41 2 * * *', kind: 'audit.trim' }]
