import { UsageError } from '#cli/arguments.ts'
import { operatorContext } from '#cli/context.ts'
import { operatorScope } from '#cli/operator-scope.ts'
import { requireBackup } from '#platform/backups/backup.ts'
import { restoreFile } from '#platform/backups/operator-restore.ts'
import { phraseFor } from '#platform/backups/restoring.ts'

/** The operator. Puts a backup in the place of what the org has, which the room of backups keeps as a safety backup first. */
export async function restoreOrgCommand(file: string, slug: string, confirm: string | undefined): Promise<number> {
  if (confirm !== phraseFor(slug)) {
    throw new UsageError(`What ${slug} did since the backup is lost: say --confirm '${phraseFor(slug)}'.`)
  }
  await using ctx = await operatorContext()
  const scope = await operatorScope(ctx, slug)
  const { rows, tables, restore } = await restoreFile(ctx, scope, file)
  process.stdout.write(`Restored: ${rows} rows of ${tables} tables.\n`)
  if (restore.safetyBackupId === null) return 0
  const { name } = await requireBackup(ctx, scope, restore.safetyBackupId)
  process.stderr.write(`What there was before is in the safety backup ${name}.\n`)
  return 0
}
