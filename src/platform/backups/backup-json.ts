import type { Context } from '#core/context.ts'
import type { Backup } from './backup.ts'
import { isOnDisk } from './folder.ts'
import type { Preview } from './preview-wait.ts'
import type { Restore } from './restoring.ts'
import type { BackupSettings } from './settings.ts'

/** A backup with whether its file is still there: somebody may have tidied up on the disk. */
export async function backupOf(ctx: Context, backup: Backup) {
  const { id, name, kind, state, error, rows, rowsDone, tables, files, bytes, sha256, by } = backup
  return {
    ...{ id, name, kind, status: state, failure: error, rows_done: rowsDone, rows, tables, files, bytes, sha256 },
    is_on_disk: state === 'complete' && (await isOnDisk(ctx, backup.slug, name)),
    created_by: by,
    created_at: backup.createdAt.toISOString(),
    finished_at: timeOf(backup.finishedAt),
    proof: {
      is_running: backup.isProving,
      proven_at: timeOf(backup.provenAt),
      tables: backup.proofTables,
      differences: backup.proofDifferences,
      error: backup.proofError,
    },
    copy: { is_running: backup.isUploading, uploaded_at: timeOf(backup.uploadedAt), error: backup.uploadError },
  }
}

export function restoreOf(restore: Restore) {
  const { id, backupId, safetyBackupId, state, step, rowsDone, rows, error, name, by } = restore
  return {
    ...{ id, backup_id: backupId, backup_name: name, safety_backup_id: safetyBackupId },
    ...{ status: state, step, rows_done: rowsDone, rows, failure: error, created_by: by },
    created_at: restore.createdAt.toISOString(),
    finished_at: timeOf(restore.finishedAt),
  }
}

export function previewOf({ changes, madeAt }: Preview) {
  return {
    status: changes ? 'complete' : 'running',
    made_at: timeOf(madeAt ?? null),
    tables: changes?.tables ?? [],
    files: changes?.files ?? null,
    people_created: changes?.people_created ?? null,
    people_joining: changes?.people_joining ?? null,
  }
}

export function settingsJson({ timing, nextRunAt, store }: BackupSettings) {
  return {
    schedule: { ...timing, next_run_at: timeOf(nextRunAt) },
    store: store && {
      ...{ endpoint: store.endpoint, region: store.region, bucket: store.bucket, prefix: store.prefix },
      ...{ access_key_id: store.accessKeyId, secret_set: true, secret_readable: store.isSecretReadable },
    },
  }
}

function timeOf(at: Date | null): string | null {
  return at?.toISOString() ?? null
}
