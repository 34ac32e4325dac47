import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { UsageError } from '#cli/arguments.ts'
import { operatorContext } from '#cli/context.ts'
import { operatorScope } from '#cli/operator-scope.ts'
import { record } from '#core/audit/record.ts'
import { exportOrg } from '#platform/backups/export.ts'
import { restoreOrg } from '#platform/backups/restore.ts'

/** The operator. Saves what the org has now beside its backups, then puts the backup in its place, in one transaction with its audit row. */
export async function restoreOrgCommand(file: string, slug: string, confirm: string | undefined): Promise<number> {
  if (confirm !== `RESTORE ${slug}`) {
    throw new UsageError(`What ${slug} did since the backup is lost: say --confirm 'RESTORE ${slug}'.`)
  }
  await using ctx = await operatorContext()
  const scope = await operatorScope(ctx, slug)
  const folder = join(ctx.config.dataDir, '_backups', slug)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const stamp = ctx.clock.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  const saved = join(folder, `before-restore-${stamp}.tar.gz`)
  await exportOrg(ctx, scope, { file: saved })
  process.stderr.write(`What there is now is in ${saved}.\n`)
  let rows = 0
  const restored = await restoreOrg(ctx, scope, {
    file,
    onStep: (_, rowsDone) => {
      rows = Math.max(rows, rowsDone)
    },
    inSwap: async (tx) => {
      const detail = { backup_id: null, name: basename(file), safety_backup_id: null, rows }
      await record(ctx, tx, scope, 'backup.restored', detail)
    },
  })
  process.stdout.write(`Restored: ${restored.rows} rows of ${restored.tables} tables.\n`)
  return 0
}
