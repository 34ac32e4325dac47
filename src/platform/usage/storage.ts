import { join } from 'node:path'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { MINUTE_MS } from '#lib/clock.ts'
import { type FolderSize, measureFolder } from '#lib/folder-size.ts'

export type Storage = FolderSize & Readonly<{ measuredAt: Date }>

export const CACHED_MS = 5 * MINUTE_MS
/** A page waits for no longer than this: a larger folder is told as "at least". */
const LIMITS = { entriesMax: 200_000, msMax: 2_000 }
const ORGS_MAX = 1_000

type Kept = { last: Storage | undefined; running: Promise<Storage> | undefined; queued: Promise<Storage> | undefined }

/** Of this process: another node walks for itself. */
const kept = new WeakMap<Context, Map<number, Kept>>()

/** Where an org's files lie. */
export function orgFolder({ config }: Pick<Context, 'config'>, orgId: number): string {
  return join(config.dataDir, 'orgs', String(orgId))
}

/** The bytes and files of the org, walked on disk at most once in `CACHED_MS`; for `usage.read`. */
export async function findStorage(ctx: Context, scope: Scope): Promise<Storage> {
  const own = keptOf(ctx, scope.orgId)
  const { last } = own
  if (last && ctx.clock.now().getTime() - last.measuredAt.getTime() < CACHED_MS) return last
  return await (own.running ?? walk(ctx, scope.orgId, own))
}

/**
 * Walks anew, whatever is kept: for `usage.read`, since nothing of the org's changes. Who asks while a walk runs gets the one
 * after it, which sees what was there when they asked; all of them get the same.
 */
export async function refreshStorage(ctx: Context, scope: Scope): Promise<Storage> {
  const own = keptOf(ctx, scope.orgId)
  if (!own.running) return await walk(ctx, scope.orgId, own)
  own.queued ??= own.running.then(() => {
    own.queued = undefined
    return walk(ctx, scope.orgId, own)
  })
  return await own.queued
}

function walk(ctx: Context, orgId: number, own: Kept): Promise<Storage> {
  own.running = measure(ctx, orgId).then((storage) => {
    own.last = storage
    own.running = undefined
    return storage
  })
  return own.running
}

async function measure(ctx: Context, orgId: number): Promise<Storage> {
  return { ...(await measureFolder(orgFolder(ctx, orgId), LIMITS)), measuredAt: ctx.clock.now() }
}

function keptOf(ctx: Context, orgId: number): Kept {
  const orgs = kept.get(ctx) ?? new Map<number, Kept>()
  kept.set(ctx, orgs)
  const own = orgs.get(orgId) ?? { last: undefined, running: undefined, queued: undefined }
  orgs.delete(orgId)
  orgs.set(orgId, own)
  const [oldest] = orgs.keys()
  if (orgs.size > ORGS_MAX && oldest !== undefined) orgs.delete(oldest)
  return own
}
