import type { Context } from '#core/context.ts'
import { defineJob, type Job } from '#jobs/job.ts'
import { isFolderId } from '#lib/leased-folder.ts'
import { FILES_KIND, finishFiles } from './restored-files.ts'

const filesJob = defineJob<Context, string>({
  kind: FILES_KIND,
  parse(stored) {
    const folder: unknown = typeof stored === 'object' && stored !== null ? Reflect.get(stored, 'folder') : undefined
    if (typeof folder === 'string' && isFolderId(folder)) return folder
    throw new Error('the folder of restored files is not readable')
  },
  async run(ctx, { orgId, payload: folder }) {
    if (orgId !== undefined) await finishFiles(ctx, { orgId, folder })
  },
})

/** What is left of a restore whose process was killed right after its commit. */
export const fileJobs: readonly Job<Context>[] = [filesJob]
