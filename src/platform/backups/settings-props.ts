import type { ScheduleFormProps } from '#views/backups/schedule-form.tsx'
import type { StoreFormProps } from '#views/backups/store-form.tsx'
import type { BackupSettings } from './settings.ts'

export function scheduleOf({ timing, nextRunAt }: BackupSettings, now: Date): ScheduleFormProps {
  return { ...timing, nextRunAt, now }
}

export function storeFormOf({ store }: BackupSettings): StoreFormProps {
  if (store) return { ...store, isSet: true }
  return { endpoint: '', region: '', bucket: '', prefix: '', accessKeyId: '', isSet: false }
}
