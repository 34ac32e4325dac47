import { AppError } from '#core/errors.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { fieldOf, fragment, goTo, isPartial } from '#http/page.tsx'
import { Preview, type PreviewProps } from '#views/backups/preview-table.tsx'
import type { RestoreDialogProps } from '#views/backups/restore-dialog.tsx'
import { RestoreProgress } from '#views/backups/restore-progress.tsx'
import { requireBackup } from './backup.ts'
import { show, tell, type Visit } from './list-pages.tsx'
import { awaitPreview } from './preview-wait.ts'
import { phraseFor, requestRestore, requireRestore } from './restoring.ts'

const TYPED_CHARS_MAX = 200
/** The page comes at once; the comparison follows when it is there. */
const FIRST_WAIT_MS = 300

/** The page with the question open whether a backup is to be restored. */
export async function askToRestore(visit: Visit, id: number): Promise<Response> {
  try {
    return await show(visit, { dialog: await dialogOf(visit, id) })
  } catch (error) {
    return await tell(visit, toastOf(error))
  }
}

/** A refused form stays open as it was sent. */
export async function restore(visit: Visit, id: number, form: unknown): Promise<Response> {
  const { door, scope, request } = visit
  const typed = fieldOf(form, 'confirm').slice(0, TYPED_CHARS_MAX).trim()
  try {
    await requestRestore(door.ctx, scope, id, { confirm: typed })
    return goTo(request, '/backups')
  } catch (error) {
    if (!(error instanceof AppError) || error.kind === 'not_found') throw error
    if (error.code !== 'confirm_mismatch') return await tell(visit, toastOf(error), refusalOf(error).status)
    const dialog = { ...(await dialogOf(visit, id)), typed, fault: error.message }
    return await show(visit, { dialog }, { status: refusalOf(error).status })
  }
}

/** The part of the dialog that tells what would change. */
export async function showPreview(visit: Visit, id: number): Promise<Response> {
  await requireBackup(visit.door.ctx, visit.scope, id)
  if (!isPartial(visit.request)) return goTo(visit.request, `/backups?restore=${id}`)
  return fragment({}, Preview(await previewOf(visit, id)))
}

export async function showRestore({ door, request, scope }: Visit, id: number): Promise<Response> {
  const found = await requireRestore(door.ctx, scope, id)
  return isPartial(request) ? fragment({}, RestoreProgress(found)) : goTo(request, '/backups')
}

async function dialogOf(visit: Visit, id: number): Promise<RestoreDialogProps> {
  const { door, viewer, scope, list } = visit
  const backup = await requireBackup(door.ctx, scope, id)
  return {
    ...{ id, createdAt: backup.createdAt, orgName: viewer.org?.name ?? '', phrase: phraseFor(backup.slug), list },
    preview: await previewOf(visit, id, FIRST_WAIT_MS),
  }
}

async function previewOf({ door, scope }: Visit, id: number, waitMs?: number): Promise<PreviewProps> {
  const now = door.ctx.clock.now()
  try {
    const { changes, madeAt } = await awaitPreview(door.ctx, scope, id, waitMs)
    const counts = changes && {
      ...{ tables: changes.tables, files: changes.files },
      ...{ peopleCreated: changes.people_created, peopleJoining: changes.people_joining },
    }
    return { backupId: id, changes: counts, madeAt, now }
  } catch (error) {
    if (!(error instanceof AppError) || error.kind === 'not_found') throw error
    return { backupId: id, changes: undefined, fault: error.message, now }
  }
}

function toastOf(error: unknown) {
  return { tone: 'danger', text: refusalOf(error).fault } as const
}

function refusalOf(error: unknown) {
  return refusalFor(error, ['conflict', 'gone', 'contradiction', 'invalid', 'limited'])
}
