import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { sendFile } from '#http/download.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { fieldOf, fragment, goTo, isPartial } from '#http/page.tsx'
import { IdParams } from '#http/schemas.ts'
import { exactTime } from '#lib/format.ts'
import { BackupRow } from '#views/backups/backup-row.tsx'
import { createBackup, findBackup, requireBackup } from './backup.ts'
import { deleteBackup } from './deletion.ts'
import { openBackup } from './download.ts'
import { rowContextOf, rowOf, show, stateOf, tell, type Visit } from './list-pages.tsx'
import { requestProof } from './proof-request.ts'
import { askToRestore, restore, showPreview, showRestore } from './restore-pages.tsx'
import { removeStore, saveSchedule, saveStore, tryStore } from './settings-pages.tsx'

const PATH = '/backups'

/** `/backups`: the list with its forms, the schedule and the object store. */
export function backupsPages(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: PATH })
    .use(gate(door))
    .use(oneBackupPages(door))
    .get(
      '',
      ({ request, viewer, scope, query }) => list({ door, request, viewer, scope, list: stateOf(query) }, query),
      {
        requires: 'backup.edit',
      },
    )
    .post(
      '',
      ({ request, viewer, scope, body }) =>
        act({ door, request, viewer, scope, list: stateOf(body) }, async () => {
          await createBackup(ctx, scope)
          return 'The backup is on its way.'
        }),
      { requires: 'backup.edit' },
    )
    .post(
      '/schedule',
      ({ request, viewer, scope, body }) => saveSchedule({ door, request, viewer, scope, list: {} }, body),
      {
        requires: 'backup.edit',
      },
    )
    .post('/store', ({ request, viewer, scope, body }) => saveStore({ door, request, viewer, scope, list: {} }, body), {
      requires: 'backup.edit',
    })
    .post('/store/remove', ({ request, viewer, scope }) => removeStore({ door, request, viewer, scope, list: {} }), {
      requires: 'backup.edit',
    })
    .post('/store/test', ({ request, viewer, scope }) => tryStore({ door, request, viewer, scope, list: {} }), {
      requires: 'backup.edit',
    })
    .get(
      '/restores/:id',
      ({ request, viewer, scope, params }) => showRestore({ door, request, viewer, scope, list: {} }, params.id),
      { requires: 'backup.edit', params: IdParams },
    )
}

function oneBackupPages(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/:id' })
    .use(gate(door))
    .get(
      '/row',
      ({ request, viewer, scope, params }) => showRow({ door, request, viewer, scope, list: {} }, params.id),
      { requires: 'backup.edit', params: IdParams },
    )
    .get(
      '/download',
      async ({ scope, params }) => sendFile(await openBackup(ctx, scope, params.id), 'application/gzip'),
      {
        requires: 'backup.edit',
        params: IdParams,
      },
    )
    .get(
      '/preview',
      ({ request, viewer, scope, params }) => showPreview({ door, request, viewer, scope, list: {} }, params.id),
      { requires: 'org.admin', params: IdParams },
    )
    .post(
      '/restore',
      ({ request, viewer, scope, params, body }) =>
        restore({ door, request, viewer, scope, list: stateOf(body) }, params.id, body),
      { requires: 'org.admin', params: IdParams },
    )
    .post(
      '/prove',
      ({ request, viewer, scope, params, body }) =>
        act({ door, request, viewer, scope, list: stateOf(body) }, async () => {
          await requestProof(ctx, scope, params.id)
          return 'The backup is being proven.'
        }),
      { requires: 'backup.edit', params: IdParams },
    )
    .post(
      '/delete',
      ({ request, viewer, scope, params, body }) =>
        act({ door, request, viewer, scope, list: stateOf(body) }, async () => {
          const { createdAt } = await deleteBackup(ctx, scope, params.id)
          return `The backup of ${exactTime(createdAt)} is deleted.`
        }),
      { requires: 'backup.edit', params: IdParams },
    )
}

/** One that was deleted meanwhile leaves the list, instead of being asked for again and again. */
async function showRow(visit: Visit, id: number): Promise<Response> {
  const { door, request, scope } = visit
  if (!isPartial(request)) {
    await requireBackup(door.ctx, scope, id)
    return goTo(request, PATH)
  }
  const backup = await findBackup(door.ctx, scope, id)
  if (!backup) return fragment({})
  return fragment({}, BackupRow({ ...(await rowOf(visit, backup)), ...rowContextOf(visit) }))
}

async function list(visit: Visit, query: unknown): Promise<Response> {
  const asked = fieldOf(query, 'restore')
  const canRestore = visit.viewer.permissions.has('org.admin')
  if (canRestore && /^[1-9]\d{0,14}$/.test(asked)) return await askToRestore(visit, Number(asked))
  return await show(visit, {})
}

/** A change, and what to say about it; a refusal is a sentence beside the list as it is. */
async function act(visit: Visit, change: () => Promise<string>): Promise<Response> {
  try {
    return await tell(visit, { tone: 'success', text: await change() })
  } catch (error) {
    const { status, fault } = refusalFor(error, ['conflict', 'gone'])
    return await tell(visit, { tone: 'danger', text: fault }, status)
  }
}
