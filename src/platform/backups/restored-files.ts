import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { and, eq, inArray } from 'drizzle-orm'
import type { Config } from '#config/config.ts'
import type { Context } from '#core/context.ts'
import type { Tx } from '#db/database.ts'
import { jobs } from '#jobs/tables.ts'
import { addMs, MINUTE_MS } from '#lib/clock.ts'
import { orgFolder } from './org-files.ts'

export const FILES_KIND = 'backup.files'
/** The restore itself is done with it long before; the job is for when it was killed. */
const SAFELY_LATER_MS = MINUTE_MS

/** The files of a restore: they lie in a work folder until its rows are committed. */
export type RestoredFiles = Readonly<{ orgId: number; folder: string }>

/** Where restores, previews and proofs put what they work on. */
export function workRoot({ dataDir }: Pick<Config, 'dataDir'>): string {
  return join(dataDir, '_restore')
}

export function filesIn({ path }: { path: string }): string {
  return join(path, 'files')
}

/** In the transaction of the rows: from its commit on somebody brings the files to their place, whoever dies. */
export async function enqueueFiles(ctx: Context, tx: Tx, { orgId, folder }: RestoredFiles): Promise<void> {
  const runAt = addMs(ctx.clock.now(), SAFELY_LATER_MS)
  await ctx.jobs.enqueue(tx, { kind: FILES_KIND, orgId, payload: { folder }, runAt, uniqueKey: keyOf(folder) })
}

/** The org whose rows were committed and whose files wait in this folder; undefined when nothing waits for it. */
export async function findAwaited(ctx: Context, folder: string): Promise<number | undefined> {
  const isOpen = inArray(jobs.state, ['waiting', 'running'])
  const [row] = await ctx.db
    .select({ orgId: jobs.orgId })
    .from(jobs)
    .where(and(eq(jobs.uniqueKey, keyOf(folder)), isOpen))
  return row?.orgId ?? undefined
}

/**
 * Puts the files in the place of the org's. Done again, or after it was killed in the middle, it goes on where it stopped: first
 * what was there steps aside, then what is restored takes the place, and last the rest goes.
 */
export async function finishFiles(ctx: Context, { orgId, folder }: RestoredFiles): Promise<void> {
  const path = join(workRoot(ctx.config), folder)
  const from = filesIn({ path })
  const place = orgFolder(ctx.config, orgId)
  const isThere = await stat(from).then(Boolean, () => false)
  if (isThere) {
    await mkdir(dirname(place), { recursive: true, mode: 0o700 })
    await rename(place, join(path, `former-${ctx.random.uuid()}`)).catch(ignoreAbsent)
    await rename(from, place).catch(ignoreAbsent)
  }
  await rm(path, { recursive: true, force: true })
}

function keyOf(folder: string): string {
  return `${FILES_KIND}:${folder}`
}

function ignoreAbsent(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}
