import type { BackupRowProps } from '#views/backups/backup-row.tsx'
import { BackupsContent, type BackupsProps } from '#views/backups/backups-page.tsx'
import type { PreviewProps } from '#views/backups/preview-table.tsx'
import { hoursFromNow, NOW, type Say } from './gallery-data.tsx'

type Shown = Readonly<{ content: JSX.Element }>

export function backupsPages(say: Say): Record<string, Shown> {
  const shown = (more: Partial<BackupsProps>): Shown => ({ content: <BackupsContent {...backupsOf(say, more)} /> })
  const restore = { id: 3, state: 'running', step: 'loading', rowsDone: 600, rows: 1204, error: null } as const
  const changes = {
    tables: [
      { name: 'user_orgs', added: 2, changed: 0, removed: 1 },
      { name: 'usage_events', added: 120_400, changed: 0, removed: 0 },
      { name: 'groups', added: 0, changed: 0, removed: 0 },
    ],
    files: { added: 1, changed: 0, removed: 0 },
    ...{ peopleCreated: 1, peopleJoining: 1 },
  }
  const none = {
    ...changes,
    tables: [],
    files: { added: 0, changed: 0, removed: 0 },
    peopleCreated: 0,
    peopleJoining: 0,
  }
  const dialog = (preview: Partial<PreviewProps>, more: object = {}) => ({
    ...{ id: 1, createdAt: hoursFromNow(-30), orgName: say('Acme'), phrase: say('RESTORE acme'), list: {} },
    preview: { backupId: 1, changes: undefined, now: NOW, ...preview },
    ...more,
  })
  return {
    backups: shown({}),
    'backups-empty': shown({ rows: [], proof: undefined }),
    'backups-restoring': shown({ restore }),
    'backups-saving': shown({ restore: { ...restore, step: 'saving', rowsDone: 0 } }),
    'backups-restored': shown({ restore: { ...restore, state: 'complete', step: 'ended' } }),
    'backups-restore-failed': shown({
      restore: { ...restore, state: 'failed', step: 'ended', error: say('The archive is damaged.') },
    }),
    'backups-dialog': shown({ dialog: dialog({ changes, madeAt: hoursFromNow(0) }) }),
    'backups-dialog-waiting': shown({ dialog: dialog({}) }),
    'backups-dialog-same': shown({ dialog: dialog({ changes: none, madeAt: hoursFromNow(0) }) }),
    'backups-dialog-refused': shown({
      dialog: dialog(
        { fault: say('The backup was made by a newer Honeyframe.') },
        { typed: say('restore acme'), fault: say('Type RESTORE acme to restore this backup.') },
      ),
    }),
    'backups-store': shown({
      store: { ...storeOf(say), trial: { isTaken: false, words: say('403 AccessDenied: Access Denied.') } },
      schedule: { frequency: 'weekly', hour: 2, weekday: 0, nextRunAt: hoursFromNow(14), now: NOW },
    }),
    'backups-store-refused': shown({
      store: {
        ...storeOf(say),
        faults: { endpoint: say('The endpoint is an address.'), secret: say('Type it again.') },
      },
    }),
    'backups-store-lost': shown({ store: { ...storeOf(say), isSecretReadable: false } }),
    'backups-store-taken': shown({
      store: { ...storeOf(say), trial: { isTaken: true, words: say('acme/test.txt was written and deleted again.') } },
    }),
  }
}

function backupsOf(say: Say, more: Partial<BackupsProps>): BackupsProps {
  const failed = { id: 3, state: 'failed', error: say('The disk has 10 MB left, and a backup needs 134 MB.') } as const
  return {
    ...{ orgName: say('Acme Analytics'), list: { cursor: say('xyz') }, now: NOW, canRestore: true },
    rows: [
      rowOf(say, { id: 5, state: 'running', rowsDone: 600, isOnDisk: false }),
      rowOf(say, { id: 4, kind: 'scheduled', by: null, provenAt: hoursFromNow(-6), uploadedAt: hoursFromNow(-7) }),
      rowOf(say, failed),
      rowOf(say, { id: 2, kind: 'safety', isOnDisk: false }),
      rowOf(say, { id: 1, proofError: say('2 tables came back different.'), uploadError: say('503 SlowDown') }),
      rowOf(say, { id: 6, isProving: true, isUploading: true }),
    ],
    nextCursor: say('abc'),
    proof: { at: hoursFromNow(-6), name: say('20260228-020000.tar.gz'), tables: 23, differences: 0 },
    restore: undefined,
    schedule: { frequency: 'daily', hour: 2, weekday: 0, nextRunAt: hoursFromNow(14), now: NOW },
    store: { endpoint: '', region: '', bucket: '', prefix: '', accessKeyId: '', isSet: false, isSecretReadable: true },
    ...more,
  }
}

function rowOf(say: Say, more: Partial<BackupRowProps>): BackupRowProps {
  return {
    ...{ id: 1, name: say('20260228-020000.tar.gz'), kind: 'manual', state: 'complete', error: null },
    ...{ rowsDone: 1204, rows: 1204, bytes: 81_733, by: say('ada@acme.test'), createdAt: hoursFromNow(-30) },
    ...{ isOnDisk: true, isUploading: false, uploadedAt: null, uploadError: null },
    ...{ isProving: false, provenAt: null, proofTables: null, proofDifferences: null, proofError: null },
    ...more,
  }
}

function storeOf(say: Say) {
  return {
    ...{ endpoint: say('https://s3.eu-west-1.amazonaws.com'), region: say('eu-west-1'), bucket: say('acme-backups') },
    ...{ prefix: say('honeyframe'), accessKeyId: say('AKIAEXAMPLE'), isSet: true, isSecretReadable: true },
  }
}
