import { mkdir, statfs } from 'node:fs/promises'
import { and, desc, eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { plainBytes } from '#lib/bytes.ts'
import { backups } from './tables.ts'

/** The program itself needs some to go on. */
export const FREE_BYTES_MIN = 128 * 1024 * 1024
/** An org grows: what is expected is half as much again as the newest backup. */
const GROWTH = 1.5

/**
 * Refuses a backup for which there is no room: as large as the newest one and half of it, and 128 MiB that stay free.
 * Error: `disk_full` (conflict).
 */
export async function requireRoom(ctx: Context, orgId: number): Promise<void> {
  const [newest] = await ctx.db
    .select({ bytes: backups.bytes })
    .from(backups)
    .where(and(eq(backups.orgId, orgId), eq(backups.state, 'complete')))
    .orderBy(desc(backups.id))
    .limit(1)
  await mkdir(ctx.config.dataDir, { recursive: true })
  const disk = await statfs(ctx.config.dataDir)
  refuseWithoutRoom(disk.bavail * disk.bsize, (newest?.bytes ?? 0) * GROWTH + FREE_BYTES_MIN)
}

/** Error: `disk_full` (conflict; trying again does not help). */
export function refuseWithoutRoom(freeBytes: number, neededBytes: number): void {
  if (freeBytes >= neededBytes) return
  const words = `The disk has ${plainBytes(freeBytes)} left, and a backup needs ${plainBytes(neededBytes)}. Make room, or delete backups.`
  throw new AppError('conflict', 'disk_full', words, { permanent: true })
}
