import { AppError } from '#core/errors.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { fieldOf, fragment, goTo, isPartial } from '#http/page.tsx'
import { ScheduleForm } from '#views/backups/schedule-form.tsx'
import { StoreForm, type StoreFormProps } from '#views/backups/store-form.tsx'
import type { Toast } from '#views/ui/toast.tsx'
import { show, type Visit } from './list-pages.tsx'
import { testStore } from './object-store.ts'
import { type BackupSettings, readSettings, updateSettings } from './settings.ts'
import { scheduleOf, storeFormOf } from './settings-props.ts'
import { requireFrequency } from './timing.ts'

const SCHEDULED = { tone: 'success', text: 'The schedule is saved.' } as const
const STORED = { tone: 'success', text: 'The object store is saved.' } as const
const REMOVED = { tone: 'success', text: 'The object store is removed.' } as const

export async function saveSchedule(visit: Visit, form: unknown): Promise<Response> {
  const { door, request, scope } = visit
  const now = door.ctx.clock.now()
  try {
    const timing = { frequency: requireFrequency(fieldOf(form, 'frequency')), ...timesIn(form) }
    const settings = await updateSettings(door.ctx, scope, { timing })
    if (!isPartial(request)) return goTo(request, '/backups', SCHEDULED)
    return fragment({ toasts: [SCHEDULED] }, ScheduleForm(scheduleOf(settings, now)))
  } catch (error) {
    const { status, faults } = refusalFor(error, ['invalid'])
    if (!isPartial(request)) return await show(visit, { schedule: { faults } }, { status })
    const props = scheduleOf(await readSettings(door.ctx, scope), now)
    return fragment({ status }, ScheduleForm({ ...props, faults }))
  }
}

/** A refused form keeps what was typed, but for the secret. */
export async function saveStore(visit: Visit, form: unknown): Promise<Response> {
  const typed = {
    ...{ endpoint: fieldOf(form, 'endpoint'), region: fieldOf(form, 'region'), bucket: fieldOf(form, 'bucket') },
    ...{ prefix: fieldOf(form, 'prefix'), accessKeyId: fieldOf(form, 'access_key_id') },
  }
  const { door, scope } = visit
  try {
    const store = { ...typed, secret: fieldOf(form, 'secret') }
    return await storeSaved(visit, await updateSettings(door.ctx, scope, { store }), STORED)
  } catch (error) {
    const { status, faults } = refusalFor(error, ['invalid'])
    return await showStore(visit, { ...typed, faults }, status)
  }
}

export async function removeStore(visit: Visit): Promise<Response> {
  return await storeSaved(visit, await updateSettings(visit.door.ctx, visit.scope, { store: null }), REMOVED)
}

/** What the store says stands beside its form, in its own words. */
export async function tryStore(visit: Visit): Promise<Response> {
  const { door, scope } = visit
  try {
    const { object } = await testStore(door.ctx, scope)
    return await showStore(visit, { trial: { isTaken: true, words: `${object} was written and deleted again.` } }, 200)
  } catch (error) {
    if (error instanceof AppError && error.kind === 'internal') throw error
    const { status, fault } = refusalFor(error, ['invalid', 'upstream', 'conflict'])
    return await showStore(visit, { trial: { isTaken: false, words: fault } }, status)
  }
}

async function storeSaved({ request }: Visit, settings: BackupSettings, toast: Toast): Promise<Response> {
  if (!isPartial(request)) return goTo(request, '/backups', toast)
  return fragment({ toasts: [toast] }, StoreForm(storeFormOf(settings)))
}

async function showStore(visit: Visit, more: Partial<StoreFormProps>, status: number): Promise<Response> {
  const { door, request, scope } = visit
  if (!isPartial(request)) return await show(visit, { store: more }, { status })
  const settings = await readSettings(door.ctx, scope)
  return fragment({ status }, StoreForm({ ...storeFormOf(settings), ...more }))
}

function timesIn(form: unknown) {
  const numberIn = (name: string) => (/^\d{1,2}$/.test(fieldOf(form, name)) ? Number(fieldOf(form, name)) : Number.NaN)
  return { hour: numberIn('hour'), weekday: numberIn('weekday') }
}
