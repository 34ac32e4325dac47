import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { sendFile } from '#http/download.ts'
import { gate } from '#http/gate.ts'
import { pageAnswer, pageRequest } from '#http/pagination.ts'
import { IdParams, ListQuery } from '#http/schemas.ts'
import { createBackup, listBackups, requireBackup } from './backup.ts'
import { backupOf, previewOf, restoreOf } from './backup-json.ts'
import { deleteBackup } from './deletion.ts'
import { CREATE, DELETE, DOWNLOAD, LIST, PREVIEW, PROVE, READ, READ_RESTORE, RESTORE_BACKUP } from './documentation.ts'
import { openBackup } from './download.ts'
import { awaitPreview } from './preview-wait.ts'
import { requestProof } from './proof-request.ts'
import { requestRestore, requireRestore } from './restoring.ts'
import { RestoreBody } from './schemas.ts'
import { settingsApi } from './settings-api.ts'

/** `/api/backups` and `/api/restores`. */
export function backupsApi(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/api' })
    .use(settingsApi(door))
    .use(oneBackupApi(door))
    .use(gate(door))
    .get(
      '/backups',
      async ({ scope, query }) => {
        const page = pageRequest(query)
        const { items, nextCursor } = pageAnswer(await listBackups(ctx, scope, page), page.shown)
        return { items: await Promise.all(items.map((item) => backupOf(ctx, item))), next_cursor: nextCursor }
      },
      { requires: 'backup.edit', query: ListQuery, detail: LIST },
    )
    .post(
      '/backups',
      async ({ scope, set }) => {
        const created = await createBackup(ctx, scope)
        set.status = 202
        return await backupOf(ctx, created)
      },
      { requires: 'backup.edit', detail: CREATE },
    )
    .get('/restores/:id', async ({ scope, params }) => restoreOf(await requireRestore(ctx, scope, params.id)), {
      requires: 'backup.edit',
      params: IdParams,
      detail: READ_RESTORE,
    })
}

function oneBackupApi(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/backups/:id' })
    .use(gate(door))
    .guard({ params: IdParams })
    .get('', async ({ scope, params }) => await backupOf(ctx, await requireBackup(ctx, scope, params.id)), {
      requires: 'backup.edit',
      detail: READ,
    })
    .delete(
      '',
      async ({ scope, params, set }) => {
        await deleteBackup(ctx, scope, params.id)
        set.status = 204
      },
      { requires: 'backup.edit', detail: DELETE },
    )
    .get(
      '/download',
      async ({ scope, params }) => sendFile(await openBackup(ctx, scope, params.id), 'application/gzip'),
      {
        requires: 'backup.edit',
        detail: DOWNLOAD,
      },
    )
    .get('/preview', async ({ scope, params }) => previewOf(await awaitPreview(ctx, scope, params.id)), {
      requires: 'backup.edit',
      detail: PREVIEW,
    })
    .post(
      '/restore',
      async ({ scope, params, body, set }) => {
        const restore = await requestRestore(ctx, scope, params.id, body)
        set.status = 202
        return restoreOf(restore)
      },
      { requires: 'org.admin', body: RestoreBody, detail: RESTORE_BACKUP },
    )
    .post(
      '/prove',
      async ({ scope, params, set }) => {
        const backup = await requestProof(ctx, scope, params.id)
        set.status = 202
        return await backupOf(ctx, backup)
      },
      { requires: 'backup.edit', detail: PROVE },
    )
}
