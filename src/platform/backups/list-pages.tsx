import type { Scope } from '#core/scope.ts'
import type { Door } from '#http/admit.ts'
import { fieldOf, fragment, goTo, isPartial, shellPage } from '#http/page.tsx'
import { pageAnswer, pageRequest } from '#http/pagination.ts'
import type { Viewer } from '#http/viewer.ts'
import { addMs, HOUR_MS } from '#lib/clock.ts'
import type { BackupRowProps } from '#views/backups/backup-row.tsx'
import { BackupsCard, BackupsContent, type BackupsProps } from '#views/backups/backups-page.tsx'
import { type BackupsState, backupsHref } from '#views/backups/list-state.tsx'
import type { RestoreDialogProps } from '#views/backups/restore-dialog.tsx'
import type { ScheduleFormProps } from '#views/backups/schedule-form.tsx'
import type { StoreFormProps } from '#views/backups/store-form.tsx'
import type { Toast } from '#views/ui/toast.tsx'
import { type Backup, listBackups } from './backup.ts'
import { isOnDisk } from './folder.ts'
import { scheduleOf, storeFormOf } from './settings-props.ts'
import { readSurroundings, type Surroundings } from './surroundings.ts'

/** How long the page tells of a restore that has ended. */
const TOLD_MS = HOUR_MS

export type Visit = Readonly<{ door: Door; request: Request; viewer: Viewer; scope: Scope; list: BackupsState }>
export type Shown = Readonly<{
  dialog?: RestoreDialogProps
  schedule?: Partial<ScheduleFormProps>
  store?: Partial<StoreFormProps>
}>
type Answer = Readonly<{ status?: number; toasts?: readonly Toast[]; headers?: Readonly<Record<string, string>> }>

/** The page, or the list alone where htmx asked for that. */
export async function show(visit: Visit, shown: Shown, answer: Answer = {}): Promise<Response> {
  const { door, request, viewer } = visit
  const props = await propsOf(visit, shown)
  if (isPartial(request)) return fragment(answer, BackupsCard(props))
  return shellPage(door, request, viewer, { title: 'Backups', section: 'Workspace', ...answer }, BackupsContent(props))
}

/** The list after a change, with a sentence about it. */
export async function tell(visit: Visit, toast: Toast, status = 200): Promise<Response> {
  if (!isPartial(visit.request)) return goTo(visit.request, backupsHref(visit.list), toast)
  return await show(visit, {}, { toasts: [toast], status })
}

export function stateOf(source: unknown): BackupsState {
  const cursor = fieldOf(source, 'cursor')
  return cursor === '' ? {} : { cursor }
}

/** One row of the list, with whether its file is where it should be. */
export async function rowOf({ door }: Visit, backup: Backup): Promise<BackupRowProps> {
  return { ...backup, isOnDisk: await isOnDisk(door.ctx, backup.slug, backup.name) }
}

export function rowContextOf({ door, viewer, list }: Visit) {
  return { list, now: door.ctx.clock.now(), canRestore: viewer.permissions.has('org.admin') }
}

async function propsOf(visit: Visit, { dialog, schedule, store }: Shown): Promise<BackupsProps> {
  const { door, viewer, scope, list } = visit
  const { ctx } = door
  const page = pageRequest(list)
  const [rows, around] = await Promise.all([listBackups(ctx, scope, page), readSurroundings(ctx, scope)])
  const { items, nextCursor } = pageAnswer(rows, page.shown)
  const context = rowContextOf(visit)
  return {
    ...context,
    orgName: viewer.org?.name ?? '',
    rows: await Promise.all(items.map((item) => rowOf(visit, item))),
    nextCursor: nextCursor ?? undefined,
    proof: around.proven,
    restore: toldRestore(around, context.now),
    dialog,
    schedule: { ...scheduleOf(around.settings, context.now), ...schedule },
    store: { ...storeFormOf(around.settings), ...store },
  }
}

function toldRestore({ restore }: Surroundings, now: Date): Surroundings['restore'] {
  if (!restore?.finishedAt) return restore
  return restore.finishedAt > addMs(now, -TOLD_MS) ? restore : undefined
}
