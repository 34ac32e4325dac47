import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '#core/context.ts'
import { dropDeadScratches } from '#db/scratch.ts'
import { listDeadFolders } from '#lib/leased-folder.ts'
import { clearReceived } from './instance-files.ts'
import { findAwaited, finishFiles, workRoot } from './restored-files.ts'

/**
 * Removes what a killed process left of a restore, a preview, a proof or a move, and brings the files of a restore that was
 * committed to their place. For the start of the program, and before more work of that kind. What does not succeed is logged: the
 * next one tries again.
 */
export async function clearStaleWork(ctx: Context): Promise<void> {
  try {
    const root = workRoot(ctx.config)
    for (const folder of await listDeadFolders(root, ctx.clock)) {
      const orgId = await findAwaited(ctx, folder)
      if (orgId === undefined) await rm(join(root, folder), { recursive: true, force: true })
      else await finishFiles(ctx, { orgId, folder })
    }
    await clearReceived(ctx.config.dataDir)
    await dropDeadScratches(ctx.config.databaseUrl)
  } catch (error) {
    ctx.log.error('what is left of a restore could not be cleared', { error })
  }
}
