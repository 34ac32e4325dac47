import { requireArchive } from '#cli/archive-path.ts'
import { UsageError } from '#cli/arguments.ts'
import { operatorContext } from '#cli/context.ts'
import { operatorScope } from '#cli/operator-scope.ts'
import { findBackup } from '#platform/backups/backup.ts'
import { restoreFile } from '#platform/backups/operator-restore.ts'
import { phraseFor } from '#platform/backups/restoring.ts'

export type WantedRestore = Readonly<{ slug: string; confirm: string | undefined; isJson: boolean }>

/** The operator. Puts a backup in the place of what the org has, which the room of backups keeps as a safety backup first. */
export async function restoreOrgCommand(file: string, { slug, confirm, isJson }: WantedRestore): Promise<number> {
  if (confirm !== phraseFor(slug)) {
    throw new UsageError(`What ${slug} did since the backup is lost: say --confirm '${phraseFor(slug)}'.`)
  }
  await requireArchive(file)
  await using ctx = await operatorContext()
  const scope = await operatorScope(ctx, slug)
  const { rows, tables, restore } = await restoreFile(ctx, scope, file)
  const safety = restore.safetyBackupId === null ? undefined : await findBackup(ctx, scope, restore.safetyBackupId)
  const facts = { rows, tables, safety_backup: safety?.name ?? null }
  process.stdout.write(`${isJson ? JSON.stringify(facts) : `Restored: ${rows} rows of ${tables} tables.`}\n`)
  if (safety) process.stderr.write(`What there was before is in the safety backup ${safety.name}.\n`)
  return 0
}
