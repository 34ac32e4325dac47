import { Type } from '@sinclair/typebox'
import { describe } from '#http/describe.ts'
import { pageOf } from '#http/schemas.ts'
import { BackupObject, PreviewObject, RestoreObject } from './schemas.ts'

const TAG = 'Backups'
const AT = '2026-01-31T02:00:00.000Z'
const BACKUP = {
  ...{ id: 12, name: '20260131-020000.tar.gz', kind: 'scheduled', status: 'complete', failure: null },
  ...{ rows_done: 1204, rows: 1204, tables: 23, files: 2, bytes: 81_733, sha256: 'ab'.repeat(32), is_on_disk: true },
  ...{ created_by: null, created_at: AT, finished_at: '2026-01-31T02:00:04.000Z' },
  proof: { is_running: false, proven_at: '2026-01-31T03:23:01.000Z', tables: 23, differences: 0, error: null },
  copy: { is_running: false, uploaded_at: '2026-01-31T02:00:06.000Z', error: null },
}
const RUNNING = {
  ...{ ...BACKUP, kind: 'manual', status: 'running', rows_done: 600, bytes: 0, sha256: null, is_on_disk: false },
  ...{ created_by: 'ada@example.com', finished_at: null },
  proof: { is_running: false, proven_at: null, tables: null, differences: null, error: null },
  copy: { is_running: false, uploaded_at: null, error: null },
}
const RESTORE = {
  ...{ id: 3, backup_id: 12, backup_name: '20260131-020000.tar.gz', safety_backup_id: 13 },
  ...{ status: 'running', step: 'loading', rows_done: 600, rows: 1204, failure: null, created_by: 'ada@example.com' },
  ...{ created_at: '2026-02-02T16:20:00.000Z', finished_at: null },
}
const FILE_ERRORS = { 404: ['not_found'], 409: ['backup_not_complete'], 410: ['backup_file_missing'] }

export const LIST = describe({
  tag: TAG,
  summary: 'List the backups',
  answers: {
    200: {
      description: 'Newest first.',
      schema: pageOf(BackupObject),
      example: { items: [BACKUP], next_cursor: null },
    },
  },
  errors: { 422: ['invalid_query'] },
})

export const CREATE = describe({
  tag: TAG,
  summary: 'Make a backup',
  description: 'It goes on after the answer: ask for the backup until its `status` is another.',
  answers: { 202: { description: 'Being made.', schema: BackupObject, example: RUNNING } },
  errors: { 409: ['backup_running', 'restore_running', 'disk_full'] },
})

export const READ = describe({
  tag: TAG,
  summary: 'Read a backup',
  answers: { 200: { description: 'The backup.', schema: BackupObject, example: BACKUP } },
  errors: { 404: ['not_found'] },
})

export const DELETE = describe({
  tag: TAG,
  summary: 'Delete a backup',
  answers: { 204: { description: 'It and its file are gone.' } },
  errors: { 404: ['not_found'], 409: ['backup_running', 'backup_in_use'] },
})

export const DOWNLOAD = describe({
  tag: TAG,
  summary: 'Download a backup',
  answers: {
    200: {
      description: 'The file: tar, compressed with gzip.',
      mediaType: 'application/gzip',
      schema: Type.String(),
      example: '',
    },
  },
  errors: FILE_ERRORS,
})

export const PREVIEW = describe({
  tag: TAG,
  summary: 'See what restoring a backup would change',
  description:
    'Compares the backup with what there is now and changes nothing. An answer waits for a few seconds; with the `status` `running`, ask again. The result is kept for a minute.',
  answers: {
    200: {
      description: 'Rows by table.',
      schema: PreviewObject,
      example: {
        ...{ status: 'complete', made_at: AT },
        tables: [{ name: 'user_orgs', added: 2, changed: 1, removed: 0, unchanged: 9 }],
        files: { added: 1, changed: 0, removed: 0 },
        ...{ people_created: 1, people_joining: 1 },
      },
    },
  },
  errors: {
    ...FILE_ERRORS,
    409: ['backup_not_complete', 'backup_newer', 'backup_older'],
    422: ['archive_invalid', 'backup_of_instance'],
    429: ['busy'],
  },
})

export const RESTORE_BACKUP = describe({
  tag: TAG,
  summary: 'Restore a backup',
  description:
    'Puts the backup in the place of what the organization has now, all of it or nothing, after a safety backup. `confirm` is `RESTORE` and the slug of the organization. It goes on after the answer: ask for the restore until its `status` is another.',
  answers: { 202: { description: 'Under way.', schema: RestoreObject, example: RESTORE } },
  errors: {
    ...FILE_ERRORS,
    400: ['confirm_mismatch'],
    409: ['backup_not_complete', 'backup_running', 'restore_running', 'disk_full'],
  },
  requestExample: { confirm: 'RESTORE acme' },
})

export const READ_RESTORE = describe({
  tag: TAG,
  summary: 'Read a restore',
  answers: { 200: { description: 'The restore.', schema: RestoreObject, example: RESTORE } },
  errors: { 404: ['not_found'] },
})

export const PROVE = describe({
  tag: TAG,
  summary: 'Prove that a backup can be restored',
  description:
    'Restores it into a scratch database and compares. It goes on after the answer; the result is the `proof` of the backup.',
  answers: { 202: { description: 'Under way.', schema: BackupObject, example: BACKUP } },
  errors: FILE_ERRORS,
})
